/**
 * Runs a program of somebody else's so that it ends with the process that started it, however that one ends, SIGKILL included.
 * This file is also the guard between the two: `node guarded.mjs --guard <program> <arguments>`. Built-ins only.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
const KEPT_LINES = 20;

/**
 * @typedef {object} Guarded
 * @property {() => string} lastWords  the end of what it printed
 * @property {() => boolean} hasEnded
 * @property {Promise<void>} ended  resolves when it has ended; never rejects
 * @property {(signal: NodeJS.Signals) => Promise<void>} end  sends it a signal and waits for its end
 * @property {(signal: NodeJS.Signals) => void} signal  sends it a signal
 * @property {() => void} detach  from now on it does not keep this process alive
 */

/**
 * Starts a program.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]  its whole environment; this process's if left out
 * @returns {Guarded}
 */
export function startGuarded(program, args, env = process.env) {
  const guard = spawn(process.execPath, [here, '--guard', program, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines = [];
  let hasEnded = false;
  const ended = new Promise(resolve => {
    const over = () => resolve(void (hasEnded = true));
    guard.once('error', error => over(lines.push(error.message)));
    guard.once('close', over);
  });
  for (const stream of [guard.stdout, guard.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      lines.push(...text.split('\n').filter(Boolean));
      lines.splice(0, lines.length - KEPT_LINES);
    });
  }
  return {
    lastWords: () => lines.join('\n'),
    hasEnded: () => hasEnded,
    ended,
    end: signal => {
      guard.ref();
      if (guard.connected) guard.send(signal, () => {});
      return ended;
    },
    signal: signal => void (guard.connected && guard.send(signal, () => {})),
    detach: () => {
      guard.unref();
      guard.channel?.unref();
      for (const stream of [guard.stdout, guard.stderr]) stream.unref?.();
    },
  };
}

function keepGuard([program, ...args]) {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  child.once('error', error => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.once('exit', code => process.exit(code ?? 0));
  process.once('disconnect', () => child.kill('SIGKILL'));
  process.on('message', signal => child.kill(signal));
  // Ctrl-C reaches the whole group; who started the guard decides when the program ends.
  process.on('SIGINT', () => {});
}

if (process.argv[2] === '--guard' && process.argv[1] === here) keepGuard(process.argv.slice(3));
