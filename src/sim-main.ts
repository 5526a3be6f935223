import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { apiServerCommand, runApiServer, type ApiServerFlags } from './cli/cluster/apiserver';
import { clusterCommand, runCluster, type ClusterFlags } from './cli/cluster';
import { demoCommand, runDemo, type DemoFlags } from './cli/demo';
import { runUntilSignal } from './cli/signals';
import { version } from './version';

// Manifests are read from the package that this file is part of, wherever it is called from.
process.env.MESHSTOR_ROOT ??= join(dirname(realpathSync(process.argv[1]!)), '..');

const print = (text: string) => void process.stdout.write(text);

const program = new Command('meshstor-sim')
  .description('MeshStor on simulated machines: real processes, a real API, no privileges, nothing to clean up')
  .version(version)
  .showHelpAfterError();

program.addCommand(
  demoCommand().action((flags: DemoFlags) => runUntilSignal((signal) => runDemo(flags, process.stdout, signal))),
);
program.addCommand(
  clusterCommand().action((flags: ClusterFlags) => runUntilSignal((signal) => runCluster(flags, print, signal))),
);
program.addCommand(
  apiServerCommand().action((flags: ApiServerFlags) => runUntilSignal((signal) => runApiServer(flags, print, signal))),
);

void program.parseAsync();
