/*
 * A writer whose every acknowledged write can be checked later, on a file or a block device.
 *
 *   writer run FILE BLOCKS PAUSE_MS [direct]   writes 4 KiB blocks, one at a time, round and round, until SIGTERM;
 *                                              each with O_DSYNC, or, with direct, past the cache but without a flush
 *   writer check FILE BLOCKS                   reads the journal on stdin and verifies every block against it
 *
 * The journal goes to stdout, one line per fact, so that it is kept where no power cut of the node reaches it:
 *   start SEQ       the first write will be SEQ, above all that the target holds
 *   ack SEQ MS      SEQ was acknowledged after MS milliseconds
 *   error SEQ MS E  SEQ failed with errno E after MS milliseconds; the writer ends
 * Write SEQ goes to block SEQ modulo BLOCKS. A block is sound when it holds its last acknowledged write or a later
 * one (issued, and not acknowledged to anybody who could tell). check prints "blocks N bad N"; it exits 1 when one is
 * bad. Journals of several runs on one target can be checked together.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BLOCK 4096
#define WORDS (BLOCK / 8)

static volatile sig_atomic_t stop;
static uint64_t *block;

static void on_term(int signal_number) {
  (void)signal_number;
  stop = 1;
}

/* FNV-1a over 64-bit words: any torn, swapped or stale sector changes it. */
static uint64_t sum(const uint64_t *words) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (int i = 1; i < WORDS; i++) hash = (hash ^ words[i]) * 0x100000001b3u;
  return hash;
}

static void fill(uint64_t sequence, uint64_t index) {
  for (int i = 1; i < WORDS; i++) block[i] = i % 2 ? sequence : index ^ (uint64_t)i << 32;
  block[0] = sum(block);
}

/* The sequence number a block holds; 0 when it holds none of ours for this place. */
static uint64_t held(uint64_t index) {
  uint64_t sequence = block[1];
  if (block[0] != sum(block) || block[2] != (index ^ (uint64_t)2 << 32)) return 0;
  return sequence;
}

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int open_direct(const char *path, int flags) {
  int fd = open(path, flags | O_DIRECT, 0644);
  return fd >= 0 || errno != EINVAL ? fd : open(path, flags, 0644);
}

static int run(const char *path, uint64_t blocks, long pause_ms, int sync) {
  int fd = open_direct(path, O_RDWR | O_CREAT | sync);
  if (fd < 0) return perror(path), 2;
  char *name = strdup(path);
  int folder = open(dirname(name), O_RDONLY | O_DIRECTORY);
  if (folder >= 0) fsync(folder);
  uint64_t sequence = blocks;
  for (uint64_t i = 0; i < blocks; i++) {
    uint64_t there = pread(fd, block, BLOCK, (off_t)(i * BLOCK)) == BLOCK ? held(i) : 0;
    if (there > sequence) sequence = there;
  }
  signal(SIGTERM, on_term);
  printf("start %lu\n", sequence + 1);
  while (!stop) {
    sequence++;
    uint64_t index = sequence % blocks;
    fill(sequence, index);
    double begun = now_ms();
    ssize_t n = pwrite(fd, block, BLOCK, (off_t)(index * BLOCK));
    int failure = n < 0 ? errno : EIO;
    double took = now_ms() - begun;
    if (n == BLOCK) printf("ack %lu %.0f\n", sequence, took);
    else printf("error %lu %.0f %d\n", sequence, took, failure);
    if (n != BLOCK) return 3;
    if (pause_ms > 0) usleep((useconds_t)pause_ms * 1000);
  }
  return 0;
}

static int check(const char *path, uint64_t blocks) {
  uint64_t *acknowledged = calloc(blocks, sizeof *acknowledged);
  uint64_t sequence, bad = 0, checked = 0;
  char line[128];
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "ack %lu", &sequence) == 1) acknowledged[sequence % blocks] = sequence;
  }
  int fd = open_direct(path, O_RDONLY);
  if (fd < 0) return perror(path), 2;
  for (uint64_t i = 0; i < blocks; i++) {
    if (acknowledged[i] == 0) continue;
    checked++;
    uint64_t there = pread(fd, block, BLOCK, (off_t)(i * BLOCK)) == BLOCK ? held(i) : 0;
    if (there >= acknowledged[i] && there % blocks == i) continue;
    if (bad++ < 10) fprintf(stderr, "block %lu: acknowledged %lu, holds %lu\n", i, acknowledged[i], there);
  }
  printf("blocks %lu bad %lu\n", checked, bad);
  return bad > 0;
}

int main(int argc, char **argv) {
  uint64_t blocks = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
  if (blocks == 0) return fprintf(stderr, "usage: writer run FILE BLOCKS PAUSE_MS [direct] | writer check FILE BLOCKS\n"), 64;
  if (posix_memalign((void **)&block, BLOCK, BLOCK) != 0) return 2;
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (strcmp(argv[1], "run") == 0) return run(argv[2], blocks, argc > 4 ? atol(argv[4]) : 0, argc > 5 ? 0 : O_DSYNC);
  return check(argv[2], blocks);
}
