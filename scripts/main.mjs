/**
 * The one entry of every npm script: `node scripts/main.mjs <command> [arguments]`.
 * npm runs no `prestart` under `ignore-scripts`, so the set-up is here. Only built-in modules until it is done.
 */
import { toldOfArguments } from './arguments.mjs';
import { checkNodeVersion } from './set-up/node-version.mjs';

checkNodeVersion();
const [command, ...args] = process.argv.slice(2);
const { commands } = await import('./commands/index.mjs');
const chosen = commands[command];
if (!chosen) {
  console.error(`There is no command '${command ?? ''}'. There are: ${Object.keys(commands).join(', ')}.`);
  process.exit(1);
}
const { endTogether } = await import('./process/children.mjs');
const leave = endTogether();
try {
  if (args.includes('--help') || args.includes('-h')) {
    console.log((await chosen()).help);
  } else {
    const { ensureInstalled } = await import('./set-up/install.mjs');
    await ensureInstalled();
    const code = await (await chosen()).run(args, leave);
    if (code !== 'stays') await leave(code ?? 0);
  }
} catch (error) {
  if (error.output) console.error(error.output.trimEnd());
  // A failed command or a wrong argument is the reader's to mend; the stack is of use only when the fault is here.
  console.error(`✗ ${process.env.GUICHET_DEBUG ? error.stack : (toldOfArguments(error, command) ?? error.message)}`);
  await leave(1);
}
