import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { repository } from '../projects.mjs';

const lock = join(repository, 'dist', '.building');

/** Runs `work` while no other process builds in this repository; waits for its turn. */
export async function alone(work) {
  mkdirSync(join(repository, 'dist'), { recursive: true });
  let isTold = false;
  while (!take()) {
    if (!isTold) console.log('… another build is under way here; waiting for it');
    isTold = true;
    await pause(200);
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take() {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    // Its holder may have been killed: then nobody takes it away.
    if (existsSync(lock) && !isAlive(Number(readFileSync(lock, 'utf8')))) rmSync(lock, { force: true });
    return false;
  }
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}
