/*
 * The lab's door into a node: runs programs and relays Unix sockets for the harness (test/lab/agent.ts).
 * Listens on the control network only. One connection carries one request; losing it ends what it started.
 *
 * Frames, both ways: type (1 byte), length (4 bytes, big endian), payload.
 *   To the node:   d dir   e NAME=VALUE   a argument   x run it   |   u path: relay a Unix socket
 *                  then, while it runs: i stdin data   z end of stdin   k signal number (1 byte)
 *   To the caller: p pid (4 bytes)   o stdout   r stderr   q how (1 byte, e exit or s signal) + number (1 byte)
 *                  c connected (raw bytes follow)   n why not
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONTROL_INTERFACE "vec0"
#define CONTROL_PORT 7
#define READY "/lab/host/ready" /* made in the host's folder once commands are taken */
#define MAX_ARGS 4096
#define MAX_FRAME (1 << 20)
#define CHUNK 65536

static char frame[MAX_FRAME + 1];

struct session {
  int caller;
  pid_t child;
  int in, out, err;
  size_t waiting, sent; /* input in `frame` that the child has not taken yet */
};

static int read_all(int fd, void *data, size_t size) {
  for (char *p = data; size > 0;) {
    ssize_t n = read(fd, p, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return -1;
    p += n, size -= (size_t)n;
  }
  return 0;
}

static int write_all(int fd, const void *data, size_t size) {
  for (const char *p = data; size > 0;) {
    ssize_t n = write(fd, p, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return -1;
    p += n, size -= (size_t)n;
  }
  return 0;
}

static void send_frame(int fd, char type, const void *data, size_t size) {
  char out[5 + CHUNK];
  uint32_t length = htonl((uint32_t)size);
  out[0] = type;
  memcpy(out + 1, &length, 4);
  memcpy(out + 5, data, size);
  if (write_all(fd, out, 5 + size) < 0) _exit(0);
}

/* Reads one frame into `frame` (terminated by a 0 for the sake of strings); -1 when the caller has gone. */
static int next_frame(int fd, char *type, size_t *size) {
  unsigned char head[5];
  if (read_all(fd, head, 5) < 0) return -1;
  *type = (char)head[0];
  *size = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
  if (*size > MAX_FRAME || read_all(fd, frame, *size) < 0) return -1;
  frame[*size] = 0;
  return 0;
}

static void relay(int caller, const char *path) {
  struct sockaddr_un to = {.sun_family = AF_UNIX};
  int there = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  memcpy(to.sun_path, path, strnlen(path, sizeof to.sun_path - 1));
  if (connect(there, (struct sockaddr *)&to, sizeof to) < 0) {
    const char *why = strerror(errno);
    send_frame(caller, 'n', why, strlen(why));
    return;
  }
  send_frame(caller, 'c', "", 0);
  struct pollfd fds[2] = {{caller, POLLIN, 0}, {there, POLLIN, 0}};
  int open_ends = 2;
  while (open_ends > 0 && poll(fds, 2, -1) > 0) {
    for (int i = 0; i < 2; i++) {
      if (!fds[i].revents) continue;
      int other = i == 0 ? there : caller;
      ssize_t n = read(i == 0 ? caller : there, frame, CHUNK);
      if (n < 0) return;
      if (n == 0) {
        shutdown(other, SHUT_WR);
        fds[i].fd = -1;
        open_ends--;
      } else if (write_all(other, frame, (size_t)n) < 0) {
        return;
      }
    }
  }
}

static pid_t start(char **argv, int in[2], int out[2], int err[2]) {
  pid_t pid = fork();
  if (pid != 0) return pid;
  setsid();
  dup2(in[0], 0);
  dup2(out[1], 1);
  dup2(err[1], 2);
  signal(SIGPIPE, SIG_DFL);
  execvp(argv[0], argv);
  dprintf(2, "%s: %s\n", argv[0], strerror(errno));
  _exit(127);
}

/* Passes on what a pipe holds; 0 at its end, 1 while it may hold more. */
static int drain(int caller, char type, int fd) {
  char data[CHUNK];
  ssize_t n = read(fd, data, sizeof data);
  if (n > 0) send_frame(caller, type, data, (size_t)n);
  return n > 0 || (n < 0 && errno == EAGAIN);
}

/* Hands the child as much of the waiting input as it takes now; closes its stdin once it takes no more. */
static void feed(struct session *s) {
  while (s->in >= 0 && s->sent < s->waiting) {
    ssize_t n = write(s->in, frame + s->sent, s->waiting - s->sent);
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) close(s->in), s->in = -1;
    s->sent += n > 0 ? (size_t)n : 0;
  }
  s->sent = s->waiting = 0;
}

/* What the caller says while the child runs; -1 when it has gone. */
static int obey(struct session *s) {
  char type;
  size_t size;
  if (next_frame(s->caller, &type, &size) < 0) return -1;
  if (type == 'i') s->sent = 0, s->waiting = size, feed(s);
  if (type == 'z' && s->in >= 0) close(s->in), s->in = -1;
  if (type == 'k') kill(-s->child, frame[0]);
  return 0;
}

static void serve(struct session s) {
  char pid[4] = {(char)(s.child >> 24), (char)(s.child >> 16), (char)(s.child >> 8), (char)s.child};
  send_frame(s.caller, 'p', pid, 4);
  int ended = (int)syscall(SYS_pidfd_open, s.child, 0);
  struct pollfd fds[5] = {{.fd = s.caller}, {s.out, POLLIN, 0}, {s.err, POLLIN, 0}, {ended, POLLIN, 0}, {-1, POLLOUT, 0}};
  fcntl(s.in, F_SETFL, O_NONBLOCK);
  fcntl(s.out, F_SETFL, O_NONBLOCK);
  fcntl(s.err, F_SETFL, O_NONBLOCK);
  for (;;) {
    /* Input that the child has not taken yet holds up the caller, never the child's own output. */
    fds[0].events = s.waiting > 0 ? POLLRDHUP : POLLIN;
    fds[4].fd = s.waiting > 0 ? s.in : -1;
    if (poll(fds, 5, -1) < 0) continue;
    if (fds[4].revents) feed(&s);
    if (fds[0].revents && ((fds[0].revents & ~POLLIN) || obey(&s) < 0)) {
      kill(-s.child, SIGKILL);
      return;
    }
    if (fds[1].revents && !drain(s.caller, 'o', s.out)) fds[1].fd = -1;
    if (fds[2].revents && !drain(s.caller, 'r', s.err)) fds[2].fd = -1;
    if (fds[3].revents && !(fds[1].revents & POLLIN) && !(fds[2].revents & POLLIN)) break;
  }
  int status = 0;
  waitpid(s.child, &status, 0);
  char how[2] = {WIFSIGNALED(status) ? 's' : 'e', (char)(WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status))};
  send_frame(s.caller, 'q', how, 2);
}

static void handle(int caller) {
  char *argv[MAX_ARGS + 1];
  int argc = 0;
  char type;
  size_t size;
  while (next_frame(caller, &type, &size) == 0) {
    if (type == 'u') {
      relay(caller, frame);
      return;
    }
    if (type == 'd' && chdir(frame) < 0) {
      send_frame(caller, 'r', strerror(errno), strlen(strerror(errno)));
      send_frame(caller, 'q', "e\x7f", 2);
      return;
    }
    if (type == 'e') putenv(strdup(frame));
    if (type == 'a' && argc < MAX_ARGS) argv[argc++] = strdup(frame);
    if (type != 'x') continue;
    if (argc == 0) return;
    argv[argc] = NULL;
    int in[2], out[2], err[2];
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC)) return;
    pid_t child = start(argv, in, out, err);
    if (child < 0) return;
    close(in[0]), close(out[1]), close(err[1]);
    serve((struct session){caller, child, in[1], out[0], err[0], 0, 0});
    return;
  }
}

int main(void) {
  int on = 1;
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(CONTROL_PORT)};
  int door = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(door, SOL_SOCKET, SO_BINDTODEVICE, CONTROL_INTERFACE, sizeof CONTROL_INTERFACE);
  if (bind(door, (struct sockaddr *)&here, sizeof here) < 0 || listen(door, 128) < 0) {
    perror("agent");
    return 1;
  }
  mkdir(READY, 0755);
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
  setenv("HOME", "/root", 1);
  setenv("LC_ALL", "C", 1);
  setsid();
  signal(SIGCHLD, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  for (;;) {
    int caller = accept4(door, NULL, NULL, SOCK_CLOEXEC);
    if (caller < 0) continue;
    if (fork() == 0) {
      close(door);
      signal(SIGCHLD, SIG_DFL);
      setsockopt(caller, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (chdir("/root") < 0) return 1;
      handle(caller);
      return 0;
    }
    close(caller);
  }
}
