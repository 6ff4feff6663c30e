import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);

/** Nothing of its own on the network, and no sandbox, which root cannot have. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Whether a Chromium is here, or can be had without asking: Debian's, by root. */
export function canHaveChromium(): boolean {
  return chromiumOnPath() !== undefined || canInstall();
}

/**
 * Starts a headless Chromium, with a profile that is gone afterwards.
 * @throws Error  naming the choices, where there is none
 */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: await obtainChromium(), args: FLAGS });
}

async function obtainChromium(): Promise<string> {
  const found = chromiumOnPath();
  if (found !== undefined) return found;
  if (!canInstall()) throw new Error('chromium is not on PATH. Install it (Debian: apt-get install chromium).');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env });
  await install().catch(async () => {
    await run('apt-get', ['update'], { env });
    await install();
  });
  const installed = chromiumOnPath();
  if (installed === undefined) throw new Error('apt-get installed chromium, but it is not on PATH.');
  return installed;
}

function canInstall(): boolean {
  return process.getuid?.() === 0 && onPath('apt-get') !== undefined;
}

function chromiumOnPath(): string | undefined {
  return ['chromium', 'chromium-browser', 'google-chrome'].map(onPath).find(found => found !== undefined);
}

function onPath(command: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map(folder => join(folder, command))
    .find(file => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
