import type { LabWorld } from '../volume/lab-world';

/** Ends every writer, joins every network, repairs every drive, boots every node that is down. */
export async function restore({ cluster }: LabWorld): Promise<void> {
  for (const node of cluster.lab.nodes) {
    await node.healLink();
    await node.healManagement();
    if (!(await node.isUp())) {
      await cluster.boot(node.name);
      continue;
    }
    await node.exec(['pkill', '-KILL', '-x', 'writer']);
    for (const drive of node.drives) await drive.repair();
  }
}
