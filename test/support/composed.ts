import { services } from '../../deploy/checks/compose.js';
import { environmentOf, execForm } from '../../deploy/checks/dockerfile.js';
import type { Images } from './image.js';
import { Program } from './program.js';

/** A container of the compose file, as a process of its own. */
export interface Container {
  readonly name: string;
  readonly program: Program;
  /** The folder that is `/app` to it. */
  readonly image: string;
  /** The address that its network has here. */
  readonly host: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Who is not ours: where it is instead, as `host:port`. */
export type Places = Readonly<Record<string, string>>;

/**
 * Runs what `deploy/docker/compose.yaml` builds from this repository, without an engine: the same programs with the same
 * environment, every network an address of loopback, every port as it stands there.
 */
export class Composed {
  private readonly hosts = new Map<string, string>();
  private readonly made = new Map<string, string>();
  private readonly network = `127.${byte()}.${byte()}`;

  /**
   * @param places  of `consul:8500` and `redis:6379`
   * @param files   what a mounted folder is here: `/var/lib/guichet`
   */
  constructor(
    private readonly images: Images,
    private readonly places: Places,
    private readonly files: Readonly<Record<string, string>>,
  ) {}

  /** Starts a container. */
  start(name: string): Container {
    const { build, command, environment: said = {} } = services[name]!;
    const { target, args = {} } = build!;
    const image = this.imageOf(target, args);
    const environment = { ...environmentOf(target), ...this.translated(name, said) };
    const words = command ?? execForm(target, 'CMD');
    const program = new Program(name, `${image}/${words.at(-1)}`, { env: environment });
    return { name, program, image, host: this.hostOf(name), environment };
  }

  private imageOf(target: string, args: Readonly<Record<string, string>>): string {
    const key = JSON.stringify([target, args]);
    const image = this.made.get(key) ?? this.images.make(target, args);
    this.made.set(key, image);
    return image;
  }

  /** The address of a container, or of the one whose network it shares. */
  private hostOf(name: string): string {
    const owner = services[name]!.network_mode?.replace('service:', '') ?? name;
    if (!this.hosts.has(owner)) this.hosts.set(owner, `${this.network}.${this.hosts.size + 2}`);
    return this.hosts.get(owner)!;
  }

  private translated(name: string, environment: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, this.translate(name, value)]));
  }

  private translate(name: string, value: string): string {
    const plain = value.replace(/^\$\{\w+:-(.*)\}$/, '$1');
    if (plain === '0.0.0.0') return this.hostOf(name);
    const [folder] = Object.keys(this.files).filter(mounted => plain.startsWith(mounted));
    if (folder) return plain.replace(folder, this.files[folder]!);
    return plain.replaceAll(/(?<=^|\/)([a-z]\w*|127\.0\.0\.1):(\d+)/g, (all, host: string, port: string) => {
      if (this.places[all]) return this.places[all];
      // On loopback the issuer, and who shares its network, are: to browsers by what is published.
      if (host === '127.0.0.1') return `${this.hostOf('issuer')}:${port}`;
      return services[host] ? `${this.hostOf(host)}:${port}` : all;
    });
  }
}

const byte = (): number => 1 + Math.floor(Math.random() * 250);
