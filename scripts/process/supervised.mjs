import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../projects.mjs';
import { adopt, isEnding } from './children.mjs';

const preload = new URL('end-with-parent.mjs', import.meta.url).href;
const keptLines = 40;

/** Where the output of what runs is kept. */
export const logFolder = join(repository, '.cache', 'logs');

/**
 * A Node program of ours that is to run until it is ended.
 * @typedef {object} Supervised
 * @property {string} name
 * @property {import('node:child_process').ChildProcess} child
 * @property {() => string} lastWords  the end of what it printed
 * @property {Promise<string>} firstLine  the first line on its stdout; rejects when it ends before
 */

/**
 * Starts a program. Its output goes to `.cache/logs/<name>.log`.
 * @param {{ name: string, file: string, env: Record<string, string>, show?: boolean, onDeath: (reason: string) => void }} options
 *   show: its output also goes to this process's;
 *   onDeath: called with one line when it ends and nobody asked it to
 * @returns {Supervised}
 */
export function startSupervised({ name, file, env, show = false, onDeath }) {
  mkdirSync(logFolder, { recursive: true });
  const log = createWriteStream(join(logFolder, `${name}.log`));
  const child = adopt(
    spawn(process.execPath, ['--import', preload, '--enable-source-maps', join(repository, file)], {
      cwd: repository,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    }),
  );
  const said = [];
  const errors = [];
  const firstLine = new Promise((resolve, reject) => {
    const listen = (stream, lines) => {
      let rest = '';
      stream.setEncoding('utf8').on('data', text => {
        log.write(text);
        if (show) process.stdout.write(text);
        const complete = (rest + text).split('\n');
        rest = complete.pop();
        for (const line of complete) lines(line);
      });
    };
    const keep = line => {
      said.push(line);
      if (said.length > keptLines) said.shift();
    };
    listen(child.stdout, line => (keep(line), resolve(line)));
    listen(child.stderr, line => (keep(line), line.trim() && errors.push(line.trim())));
    child.once('close', (code, signal) => {
      log.end();
      const reason = `${name} (pid ${child.pid}) ended with ${signal ?? `code ${code}`}${errors[0] ? `: ${errors[0].replace(/:$/, '')}` : ''}`;
      reject(new Error(reason));
      if (!isEnding()) onDeath(reason);
    });
  });
  firstLine.catch(() => {}); // whoever waits for it hears of it; onDeath tells everyone else
  return { name, child, firstLine, lastWords: () => said.join('\n') };
}
