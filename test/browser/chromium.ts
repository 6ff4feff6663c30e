import { type Browser, chromium } from 'playwright-core';
import { obtainDebianCommand, onPath } from '../../scripts/servers/debian.mjs';

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
function canHaveChromium(): boolean {
  return onPath('chromium') !== undefined || (process.getuid?.() === 0 && onPath('apt-get') !== undefined);
}

/** `describe` where there is a Chromium; skipped elsewhere, and said, but for `CI=true`: there a missing one fails the tests. */
export const describeInBrowser = canHaveChromium() || process.env['CI'] === 'true' ? describe : describe.skip;

/**
 * Starts a headless Chromium, with a profile that is gone afterwards.
 * @throws Error  naming the choices, where there is none
 */
export async function startChromium(): Promise<Browser> {
  return await chromium.launch({ executablePath: await obtainDebianCommand({ command: 'chromium' }), args: FLAGS });
}
