import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from '../build/build.mjs';
import { logFolder } from '../process/supervised.mjs';
import { repository } from '../projects.mjs';
import { originOf, startBff } from '../run/bff.mjs';
import { consulToUse } from '../run/consul.mjs';
import { startIssuer } from '../run/issuer.mjs';
import { freePort } from '../servers/free-port.mjs';
import { mustBeFree, portOf } from '../run/ports.mjs';
import { startConsulServices, startStaticServices } from '../run/services.mjs';
import { table } from '../run/table.mjs';

export const help = `npm start [-- options]

Installs and builds what is missing, then starts the example's issuer, its seven services and both BFFs. Ctrl-C ends
everything.

  --consul               find the services in a real Consul: the one CONSUL_HTTP_ADDR names, else one of our own
                         (consul on PATH, else Debian's package, kept in .cache); every service runs three times;
                         kill some (the table has their pids): no page fails
  --port N               the web BFF's port; the mobile one takes the next (default: PORT, else 3000); 0: any free ones
  --management-port N    likewise for operators (default: MANAGEMENT_PORT, else 9000)
  --help                 this`;

const apps = ['web', 'mobile'];
const instancesInConsul = 3;
const chosenBy = '--port and --management-port';
/** The mobile BFF's is one higher. */
const highestPort = 65_534;

/**
 * @param {readonly string[]} args
 * @param {(code: number) => Promise<never>} leave
 */
export async function run(args, leave) {
  const startedAt = performance.now();
  const { values } = parseArgs({
    args: [...args],
    options: { consul: { type: 'boolean' }, port: { type: 'string' }, 'management-port': { type: 'string' } },
  });
  const places = await placesOf(
    portFrom('--port', values.port, 'PORT', 3000),
    portFrom('--management-port', values['management-port'], 'MANAGEMENT_PORT', 9000),
  );
  await build();

  const onDeath = reason => {
    console.error(`✗ ${reason}; its output is in ${relative(process.cwd(), logFolder)}. Everything else is ended.`);
    void leave(1);
  };
  const onConsulDeath = reason => console.error(`✗ ${reason}. The BFFs go on with the instances they knew last.`);
  const consul = values.consul ? await consulToUse(onConsulDeath) : undefined;
  const identity = await startIssuer({ webPort: places[0].port, onDeath });
  const services = consul
    ? await startConsulServices(consul.address, instancesInConsul, identity.env, onDeath)
    : await startStaticServices(identity.env, onDeath);
  const env = { ...services.env, ...identity.env };
  const bffs = await Promise.all(
    places.map(place =>
      startBff({ ...place, env: place.name === 'web' ? { ...env, ...identity.webEnv } : env, onDeath }),
    ),
  );

  const rows = bffs.map(({ name, port, managementPort, bff }) => [
    `${name} BFF`,
    `${originOf(name, port)}  (operators: http://127.0.0.1:${managementPort})`,
    String(bff.child.pid),
  ]);
  if (consul) services.rows.push(['consul', `http://${consul.address}`, String(consul.pid ?? '')]);
  const issuer = ['issuer', identity.issuer, String(identity.pid)];
  show([...rows, issuer, ...services.rows], bffs, performance.now() - startedAt);
  return 'stays';
}

function show(rows, [web, mobile], tookMs) {
  console.log(`
${table([['what', 'where', 'pid'], ...rows])}

Try:
  curl -i http://localhost:${web.port}/pages/films/1
  curl -i http://127.0.0.1:${mobile.port}/pages/films/1
  curl 'http://localhost:${web.port}/pages/search?query=star'
  curl -H "Authorization: Bearer $(npm run --silent token -- c3)" http://127.0.0.1:${mobile.port}/pages/account

In a browser: http://localhost:${web.port}/ (the shop; log in as whom you like) and /docs (every endpoint);
http://127.0.0.1:${web.managementPort}/inspector/ (what becomes of each page). Logs: ${relative(repository, logFolder)}/
Serving after ${(tookMs / 1000).toFixed(1)} s. Ctrl-C ends everything.`);
}

/** Where each BFF is to listen; throws when a port is in use, before anything is started. */
async function placesOf(port, managementPort) {
  const places = apps.map((name, index) => ({
    name,
    port: port ? port + index : undefined,
    managementPort: managementPort && managementPort + index,
  }));
  for (const place of places) {
    // The issuer must know where browsers see the web BFF before that starts.
    place.port ??= await freePort();
    await mustBeFree(place.port, `the ${place.name} BFF`, chosenBy);
    await mustBeFree(place.managementPort, `operators of the ${place.name} BFF`, chosenBy);
  }
  return places;
}

/** A port of an option, else of a variable. */
function portFrom(option, given, variable, otherwise) {
  return given === undefined
    ? portOf(variable, process.env[variable], otherwise, highestPort)
    : portOf(option, given, otherwise, highestPort);
}
