import { Command } from 'commander';
import {
  controllerCommand,
  hostCommand,
  nodeCommand,
  type ControllerFlags,
  type HostFlags,
  type NodeFlags,
} from './processes/flags';
import { runUntilSignal } from './cli/signals';
import { version } from './version';

const program = new Command('meshstor')
  .description('Mirrored NVMe volumes for Kubernetes that move with their pod')
  .version(version)
  .showHelpAfterError();

// Each process loads only what it needs: the host agent knows no Kubernetes.
program.addCommand(
  controllerCommand().action(async (flags: ControllerFlags) => {
    const { runController } = await import('./processes/controller');
    await runUntilSignal((signal) => runController(flags, signal));
  }),
);
program.addCommand(
  nodeCommand().action(async (flags: NodeFlags) => {
    const { runNode } = await import('./processes/node');
    await runUntilSignal((signal) => runNode(flags, signal));
  }),
);
program.addCommand(
  hostCommand().action(async (flags: HostFlags) => {
    const { runHost } = await import('./processes/host');
    await runUntilSignal((signal) => runHost(flags, signal));
  }),
);

void program.parseAsync();
