import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuseArguments, WrongArguments } from '../arguments.mjs';
import { build } from '../build/build.mjs';
import { adopt, end } from '../process/children.mjs';
import { repository } from '../projects.mjs';
import { originOf, startBff } from '../run/bff.mjs';
import { startIssuer } from '../run/issuer.mjs';
import { mustBeFree, portOf } from '../run/ports.mjs';
import { startStaticServices } from '../run/services.mjs';

export const help = `npm run dev -- web | mobile

Runs one BFF and, on every edit of it or of a lib, builds what changed and starts it again. With type errors the last good
build keeps running. The example's services are started beside it, unless DISCOVERY, UPSTREAMS_FILE or CONSUL_HTTP_ADDR
says where services are; so is its issuer, unless AUTH_ISSUER says who is. Ports: PORT and MANAGEMENT_PORT, else those of npm start. Ctrl-C ends everything.`;

const ports = { web: [3000, 9000], mobile: [3001, 9001] };
const compiler = fileURLToPath(new URL('../dev/compiler.mjs', import.meta.url));
const chosenBy = 'PORT and MANAGEMENT_PORT';
const ownDiscovery = ['DISCOVERY', 'UPSTREAMS_FILE', 'CONSUL_HTTP_ADDR'];

/**
 * @param {readonly string[]} args
 * @param {(code: number) => Promise<never>} leave
 */
export async function run([name, ...more], leave) {
  if (!name || !existsSync(join(repository, 'apps', name)))
    throw new WrongArguments(`${name ? `There is no app '${name}' in apps/:` : 'Which app?'} ${help.split('\n')[0]}`);
  refuseArguments(more);
  const [port, managementPort] = portsOf(name);
  await mustBeFree(port, `the ${name} BFF`, chosenBy);
  await mustBeFree(managementPort, `operators of the ${name} BFF`, chosenBy);
  const services = ownDiscovery.some(variable => process.env[variable]) ? undefined : 'services';
  const issues = !process.env.AUTH_ISSUER;
  await build([(services || issues) && 'services', name].filter(Boolean));

  const fatal = reason => {
    console.error(`✗ ${reason}`);
    void leave(1);
  };
  const identity = issues ? await startIssuer({ webPort: name === 'web' ? port : ports.web[0], onDeath: fatal }) : {};
  const found = services ? await startStaticServices(identity.env ?? {}, fatal) : { env: {} };
  const env = { ...found.env, ...identity.env, ...(name === 'web' && identity.webEnv) };
  if (identity.issuer) console.log(`The example's issuer: ${identity.issuer}`);
  const app = new App({ name, port, managementPort, env });
  watchSources(name, app, fatal);
  await app.restart();
  return 'stays';
}

/** The running BFF: one at a time, the newest build. */
class App {
  constructor(place) {
    this.place = place;
    this.bff = undefined;
    this.turn = Promise.resolve();
  }

  /** Ends the old process, then starts the new one; calls queue up. */
  restart() {
    return (this.turn = this.turn.then(() => this.replace()));
  }

  async replace() {
    const { name } = this.place;
    const since = performance.now();
    const old = this.bff;
    this.bff = undefined;
    if (old) await end(old.child, 1_000);
    try {
      const started = await startBff({ ...this.place, show: true, onDeath: reason => this.died(reason) });
      this.bff = started.bff;
      const took = ((performance.now() - since) / 1000).toFixed(1);
      console.log(
        `✓ ${name} serves on ${originOf(name, started.port)} (started in ${took} s); inspector: http://127.0.0.1:${started.managementPort}/inspector/`,
      );
    } catch (error) {
      // What it printed has been shown as it came.
      console.error(`✗ ${error.message}; waiting for an edit.`);
    }
  }

  died(reason) {
    // The end of the process that a restart replaces is no news.
    if (this.bff === undefined) return;
    this.bff = undefined;
    console.error(`✗ ${reason}; waiting for an edit.`);
  }
}

function watchSources(name, app, fatal) {
  const child = adopt(fork(compiler, [name], { cwd: repository, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }));
  child.on('message', message => {
    if (message.type === 'ready') console.log('Watching for edits. Ctrl-C ends everything.');
    if (message.type === 'errors') console.error(`${message.text}\n✗ Type errors: the last good build keeps running.`);
    if (message.type === 'built' && message.projects.length > 0) {
      console.log(`✓ Built ${message.projects.join(', ')} (${(message.ms / 1000).toFixed(1)} s)`);
      void app.restart();
    }
  });
  child.once('exit', code => code && fatal(`the compiler ended with code ${code}`));
}

function portsOf(name) {
  const [port, managementPort] = ports[name] ?? [3000, 9000];
  const { PORT, MANAGEMENT_PORT } = process.env;
  return [portOf('PORT', PORT, port), portOf('MANAGEMENT_PORT', MANAGEMENT_PORT, managementPort)];
}
