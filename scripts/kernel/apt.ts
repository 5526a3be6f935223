import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run';

/** The Debian release the lab's kernel source and root file system come from. */
export const suite = 'trixie';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** The Debian mirror this machine's apt is set up with; MESHSTOR_DEBIAN_MIRROR names one where there is none. */
export async function mirror(): Promise<string> {
  const given = process.env['MESHSTOR_DEBIAN_MIRROR'];
  if (given !== undefined) return given;
  const targets = await run(['apt-get', 'indextargets', '--format', '$(LABEL) $(REPO_URI)', 'Created-By: Packages']);
  const found = targets.split('\n').find((line) => line.startsWith('Debian '));
  if (found === undefined) {
    throw new Error(
      'apt on this machine knows no Debian mirror. Set MESHSTOR_DEBIAN_MIRROR to the URL of one that has ' + suite,
    );
  }
  return found.slice('Debian '.length);
}

export const sourceLine = async (): Promise<string> => `deb [signed-by=${keyring}] ${await mirror()} ${suite} main`;

/** An apt that knows only `suite`, with a state of its own: the machine's lists and packages stay as they are. */
export class PrivateApt {
  private constructor(
    private readonly folder: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  static async open(): Promise<PrivateApt> {
    const folder = await mkdtemp(join(tmpdir(), 'meshstor-apt-'));
    await Promise.all(
      ['lists/partial', 'cache/archives/partial', 'state'].map((dir) => mkdir(join(folder, dir), { recursive: true })),
    );
    await writeFile(join(folder, 'status'), '');
    await writeFile(join(folder, 'sources.list'), `${await sourceLine()}\n`);
    const settings = {
      'Dir::Etc::sourcelist': join(folder, 'sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::State': join(folder, 'state'),
      'Dir::State::lists': join(folder, 'lists'),
      'Dir::State::status': join(folder, 'status'),
      'Dir::Cache': join(folder, 'cache'),
      'Acquire::Languages': 'none',
      'APT::Sandbox::User': 'root',
    };
    const lines = Object.entries(settings).map(([key, value]) => `${key} "${value}";\n`);
    await writeFile(join(folder, 'apt.conf'), lines.join(''));
    const apt = new PrivateApt(folder, { APT_CONFIG: join(folder, 'apt.conf') });
    await run(['apt-get', '-q=2', 'update'], { env: apt.env });
    return apt;
  }

  /** The version `suite` has of a package now. */
  async version(name: string): Promise<string> {
    const shown = await run(['apt-cache', 'show', '--no-all-versions', name], { env: this.env });
    const version = /^Version: (.+)$/m.exec(shown)?.[1];
    if (version === undefined) throw new Error(`${suite} has no package ${name}`);
    return version;
  }

  /** Fetches a package's .deb into a folder and returns its path. */
  async download(name: string, folder: string): Promise<string> {
    await run(['apt-get', '-q=2', 'download', name], { env: this.env, cwd: folder });
    const deb = (await readdir(folder)).find((file) => file.startsWith(`${name}_`) && file.endsWith('.deb'));
    if (deb === undefined) throw new Error(`apt-get download ${name} left no file`);
    return join(folder, deb);
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
