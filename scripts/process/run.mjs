import { spawn } from 'node:child_process';
import { adopt } from './children.mjs';

/** A command ended badly. `output` is all it printed. */
export class CommandFailed extends Error {
  name = 'CommandFailed';

  constructor(command, code, output) {
    super(`${command} ended with ${code}`);
    this.output = output;
  }
}

/**
 * Runs a command to its end.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean }} [options]  show: print as it comes instead of gathering
 * @returns {Promise<string>} what it printed, stdout and stderr as they came
 * @throws {CommandFailed} if it does not end with 0
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    let output = '';
    const child = adopt(
      spawn(command, args, {
        cwd: options.cwd,
        env: options.env ?? process.env,
        stdio: options.show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      }),
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', text => (output += text));
    }
    child.on('error', error => reject(new CommandFailed(command, error.message, output)));
    child.on('close', (code, signal) =>
      code === 0
        ? resolve(output)
        : reject(new CommandFailed(`${command} ${args.join(' ')}`, signal ?? `code ${code}`, output)),
    );
  });
}
