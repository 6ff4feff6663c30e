import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Every process that this one started and that has not ended: none may outlive it. */
const living = new Set();

/** Remembers a child until it ends. */
export function adopt(child) {
  living.add(child);
  const forget = () => living.delete(child);
  child.once('exit', forget);
  child.once('error', forget);
  return child;
}

/**
 * Ends one child: asks first, then insists.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} graceMs  how long it may take to leave by itself
 */
export function end(child, graceMs = 1_200) {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return Promise.resolve();
  return new Promise(resolve => {
    const insist = setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.once('exit', () => {
      clearTimeout(insist);
      resolve(undefined);
    });
    child.kill('SIGTERM');
  });
}

/** Ends all that are still there, at once. */
export async function endAll(graceMs) {
  await Promise.all([...living].map(child => end(child, graceMs)));
}

const lastly = [];
let ending;

/** Has something done when all children have ended, before this process ends: at most 500 ms are left for it. */
export function atEnd(work) {
  lastly.push(work);
}

/**
 * Ends the children, then this process, on Ctrl-C, on SIGTERM, and when the process that started this one is gone.
 * @returns {(code: number) => Promise<never>} the way out for everyone else: ends all, then this process with that exit code
 */
export function endTogether() {
  const leave = code =>
    (ending ??= endAll()
      .then(() => Promise.race([Promise.allSettled(lastly.map(work => work())), pause(500)]))
      .then(() => process.exit(code)));
  process.on('SIGINT', () => void leave(130));
  process.on('SIGTERM', () => void leave(143));
  process.on('SIGHUP', () => void leave(129));
  const [parent, beyond] = [process.ppid, parentOf(process.ppid)];
  // `kill -9` of whoever started this (npm has a shell between) tells nobody: it can only be seen.
  const orphaned = () => process.ppid !== parent || (isNpmRun() && parentOf(parent) !== beyond);
  setInterval(() => orphaned() && void leave(1), 500).unref();
  return leave;
}

/** Whether this process is on its way out: then a child that ends is no news. */
export const isEnding = () => ending !== undefined;

const isNpmRun = () => process.env.npm_lifecycle_event !== undefined;

/** @returns {string | undefined} a process's parent, where the system tells it without a further process */
function parentOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) \S /s, '')
      .split(' ')[0];
  } catch {
    return undefined;
  }
}
