#!/usr/bin/env node
/** `npx guichet <command>`: the framework's command line. What it does is `guichet/map`'s. */
import { existsSync } from 'node:fs';

const door = new URL('../dist/libs/map/index.js', import.meta.url);
if (existsSync(door)) {
  const { main } = await import(door.href);
  // Not process.exit: what was printed may still be on its way into a pipe.
  process.exitCode = main(process.argv.slice(2), {
    folder: process.cwd(),
    now: Date.now(),
    print: text => process.stdout.write(text),
    complain: text => process.stderr.write(text),
  });
} else {
  process.stderr.write('guichet is not built here: npm run build\n');
  process.exitCode = 2;
}
