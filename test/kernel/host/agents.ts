import { build } from 'esbuild';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostAgent } from '../../../src/host/contract';
import { hostClient } from '../../../src/host/rpc/client';
import { systemClock } from '../../../src/runtime/clock';
import type { LabNode } from '../../lab';
import { relaySocket } from '../relay';
import { scratch } from './node';

const program = '/run/meshstor-host.js';
const socketPath = '/run/meshstor/host.sock';

/** The product's host agent on the nodes of a lab, reached through its own socket. */
export class LabAgents {
  private bundle: Buffer | undefined;
  private folder: string | undefined;
  private readonly reached = new Map<string, { agent: HostAgent; close(): void }>();
  private readonly relays: Server[] = [];

  /** Starts the agent on a node that has just booted, and gives a client of it that outlives its restarts. */
  async start(node: LabNode): Promise<HostAgent> {
    await node.must(`mkdir -p ${scratch}`);
    await node.push(program, (this.bundle ??= await bundleAgent()));
    const process = await node.spawn(['node', program, socketPath, scratch], { name: 'host-agent' });
    await process.waitFor(/"message":"ready"/);
    return (await this.reach(node)).agent;
  }

  async close(): Promise<void> {
    for (const client of this.reached.values()) client.close();
    for (const relay of this.relays) relay.close();
    if (this.folder !== undefined) await rm(this.folder, { recursive: true });
  }

  private async reach(node: LabNode) {
    const known = this.reached.get(node.name);
    if (known) return known;
    this.folder ??= await mkdtemp(join(tmpdir(), 'lab-agents-'));
    const local = join(this.folder, node.name);
    this.relays.push(await relaySocket(node, socketPath, local));
    const client = hostClient({ socketPath: local, clock: systemClock });
    this.reached.set(node.name, client);
    return client;
  }
}

async function bundleAgent(): Promise<Buffer> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, 'agent-main.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
    logLevel: 'warning',
  });
  return Buffer.from(outputFiles[0]!.contents);
}
