/** The lab by hand; see docs/guides/kernel-lab.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import type { ExecResult, Lab, LabNode } from './index';
import { openLab, startLab } from './index';
import { clearSlot, readOwner, slotFolder, takenSlots } from './slot';

const program = new Command('lab')
  .description('Linux nodes with NVMe drives on this machine')
  .enablePositionalOptions()
  .option('-s, --slot <number>', 'which lab (default: the first)', Number);

/** Does `work` with the lab that the options name, then lets go of it. */
async function withLab(work: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await openLab(program.opts<{ slot?: number }>().slot);
  try {
    await work(lab);
  } finally {
    lab.disconnect();
  }
}

const onNode = (name: string, work: (node: LabNode) => Promise<void>) => withLab((lab) => work(lab.node(name)));

function show({ code, stdout, stderr }: ExecResult): void {
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  process.exitCode = code;
}

const day = 24 * 3_600_000;

program
  .command('up')
  .description('boot a lab that runs until `down`')
  .option('-n, --nodes <count>', 'nodes', Number, 3)
  .option('-d, --drives <count>', 'drives of each node', Number, 2)
  .option('--size <MiB>', 'size of each drive', Number, 2048)
  .option('--sector <bytes>', 'logical block size of the drives, 512 or 4096', Number, 512)
  .option('-m, --memory <MiB>', 'memory of each node', Number, 512)
  .action(async ({ nodes, drives, size, sector, memory }: Record<string, number>) => {
    const drive = { sizeMiB: size!, sectorSize: sector as 512 | 4096 };
    const begun = Date.now();
    const lab = await startLab({
      nodes: nodes!,
      drives: Array.from({ length: drives! }, () => drive),
      memoryMiB: memory!,
      detached: true,
    });
    const rows = lab.nodes.map(
      (node) => `${node.name}  management ${node.managementAddress}  storage ${node.storageAddress}`,
    );
    process.stdout.write(`${rows.join('\n')}\nhost ${lab.hostAddress}, slot ${lab.slot}, ${Date.now() - begun} ms\n`);
    lab.disconnect();
  });

program
  .command('down')
  .description('end the lab and delete its drives')
  .action(() => withLab((lab) => lab.close()));

program
  .command('list')
  .description('labs of this machine')
  .option('--clear', 'end them all, whoever started them')
  .action(async ({ clear }: { clear?: boolean }) => {
    for (const slot of await takenSlots()) {
      const owner = await readOwner(slot);
      const who = owner?.detached ? 'until down' : `of process ${owner?.process.pid}`;
      process.stdout.write(`${slot}  ${who}  ${slotFolder(slot)}\n`);
      if (clear) await clearSlot(slot);
    }
  });

program
  .command('exec <node> <argv...>')
  .description('run a program on a node')
  .passThroughOptions()
  .action((name: string, argv: string[]) =>
    onNode(name, async (node) => show(await node.exec(argv, { timeoutMs: day }))),
  );

program
  .command('sh <node> [script]')
  .description('run a bash script on a node; without one, reads it from standard input')
  .action((name: string, script?: string) =>
    onNode(name, async (node) => show(await node.sh(script ?? (await text(process.stdin)), { timeoutMs: day }))),
  );

program
  .command('push <node> <file> <path>')
  .description('copy a file of this machine to a node')
  .action((name: string, file: string, path: string) =>
    onNode(name, async (node) =>
      node.push(path.endsWith('/') ? path + basename(file) : path, await readFile(file), { mode: 0o755 }),
    ),
  );

program
  .command('pull <node> <path> <file>')
  .description('copy a file of a node to this machine')
  .action((name: string, path: string, file: string) =>
    onNode(name, async (node) => writeFile(file, await node.pull(path))),
  );

program
  .command('forward <node> <socket>')
  .description('make a Unix socket of a node reachable as host:port until interrupted')
  .action((name: string, socket: string) =>
    onNode(name, async (node) => {
      process.stdout.write(`${await node.forwardSocket(socket)}\n`);
      await new Promise((resolve) => process.once('SIGINT', resolve).once('SIGTERM', resolve));
    }),
  );

program
  .command('console <node>')
  .description('what the kernel of a node has said')
  .action((name: string) => onNode(name, async (node) => void process.stdout.write(await node.console())));

program
  .command('apart [nodes...]')
  .description('cut the storage links among these nodes only; without any, join all again')
  .action((names: string[]) => withLab((lab) => lab.setApart(...names)));

const verbs: [name: string, description: string, act: (node: LabNode) => Promise<void>][] = [
  ['cut', 'cut the storage link of a node', (node) => node.cutLink()],
  ['heal', 'restore it', (node) => node.healLink()],
  ['cut-management', 'cut the management link of a node', (node) => node.cutManagement()],
  ['heal-management', 'restore it', (node) => node.healManagement()],
  ['kill', 'cut the power of a node', (node) => node.powerCut()],
  ['boot', 'boot a node again', (node) => node.boot()],
  ['pause', 'freeze a node', (node) => node.pause()],
  ['resume', 'let it go on', (node) => node.resume()],
];
for (const [name, description, act] of verbs) {
  program
    .command(`${name} <node>`)
    .description(description)
    .action((node: string) => onNode(node, act));
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`lab: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
