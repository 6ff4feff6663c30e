import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type RetiringApp, startRetiringApp } from '../support/retiring-app.js';
import { describeInBrowser, startChromium } from './chromium.js';

const HOSTILE = '<img/src=x/onerror=alert(1)>';
const ROUTE = `routes/${encodeURIComponent('GET /api/film')}`;
const VIEWS = ['pages/FilmPage', 'pages/OldPage', 'routes', ROUTE, 'retirement', 'upstreams'];
const accessibility = readFileSync(join(__dirname, 'in-page', 'accessibility.js'), 'utf8');

describeInBrowser('what is deprecated, in the inspector, in a browser (Chromium)', () => {
  let app: RetiringApp;
  let browser: Browser;
  let complaints: string[];

  beforeAll(async () => {
    app = await startRetiringApp();
    browser = await startChromium();
    for (const version of ['2.9.1', '2.9.1', '3.1.0']) await app.ask('/pages/films/7', { client: 'shop-app', version });
    await app.ask('/pages/films/7', { client: HOSTILE, version: '1.0' });
    await app.ask('/api/film', { version: '1.0' });
    await app.ask('/pages/old');
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await app?.end();
  });
  beforeEach(() => (complaints = []));
  afterEach(() => {
    if (complaints.length > 0) throw new Error(`The console complained: ${complaints.join('\n')}`);
  });

  async function enter(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    page.on('pageerror', error => complaints.push(error.message));
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
    return page;
  }

  it('has a badge and its successor in the list, and tells when a page ends and who asks', async () => {
    const page = await enter();
    await page.goto(`${app.inspector}pages`);
    const list = page.getByRole('navigation', { name: 'Pages' });
    await list.getByRole('link', { name: /FilmPage GET \/pages\/films\/:id ends in 12 days/ }).click();
    const panel = page.getByRole('region', { name: 'FilmPage', exact: true });
    expect(await panel.innerText()).toMatch(
      /ends in 12 days[^]*Ends\s+in 12 days \d{4}-\d\d-\d\dT[^]*answered with 410[^]*NextFilmPage/,
    );
    const rows = panel.getByRole('table', { name: 'Who still asks for FilmPage' }).getByRole('row');
    const texts = (await rows.allInnerTexts()).map(text => text.split(/\t|\n/).filter(Boolean).join(' '));
    expect(texts).toEqual([
      'Program Version Requests Of all',
      'shop-app 2.9 2 50 %',
      `${HOSTILE} 1.0 1 25 %`,
      'shop-app 3.1 1 25 %',
    ]);
    expect(await page.locator('main img').count()).toBe(0);
    const inside = panel.getByRole('table', { name: 'What is deprecated in FilmPage' });
    expect(await inside.innerText()).toMatch(/film[^]*legacy[^]*ended[^]*price[^]*PricingClient\.quote[^]*price\.told/);
    await list.getByRole('link', { name: 'NextFilmPage', exact: true }).click();
    await page.getByRole('region', { name: 'NextFilmPage', exact: true }).waitFor();
    expect(await page.getByText('Who still asks').count()).toBe(0);
    await page.context().close();
  });

  it('is all in one place, by state, with who makes the calls', async () => {
    const page = await enter();
    await page.goto(`${app.inspector}retirement`);
    const served = page.getByRole('region', { name: 'Pages and routes' });
    expect(await served.getByRole('row', { name: /^FilmPage/ }).innerText()).toMatch(
      /4\s+shop-app, version 2\.9, and 2 others/,
    );
    await served.getByRole('link', { name: 'https://elsewhere.example' }).waitFor();
    const calls = page.getByRole('region', { name: 'Calls of upstreams' });
    expect(await calls.getByRole('row', { name: /^legacy as a whole/ }).innerText()).toMatch(
      /ended[^]*FilmPage\.film by GET \/film, 4 calls[^]*\/api\/film by GET \/film, 1 call/,
    );
    await page.getByLabel('State').selectOption('announced');
    await served.getByRole('row', { name: /^SoonPage/ }).waitFor();
    await served.getByRole('row', { name: /^FilmPage/ }).waitFor({ state: 'detached' });
    await calls.getByText('None.').waitFor();
    await page.context().close();
  });

  describe.each<[string, BrowserContextOptions]>([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['narrow', { viewport: { width: 400, height: 800 } }],
    ['narrow-dark', { viewport: { width: 400, height: 800 }, colorScheme: 'dark' }],
  ])('in %s', (name, options) => {
    it('has nothing to stumble over, and nothing that is too wide', async () => {
      const page = await enter(options);
      for (const view of VIEWS) {
        await page.goto(app.inspector + view);
        await page.locator('.panel .tag:visible').first().waitFor();
        await page.waitForFunction('document.querySelector("main .blank:not(.trouble)") === null');
        expect({ view, found: await page.evaluate<string[]>(accessibility) }).toEqual({ view, found: [] });
        const overflow = await page.evaluate<number>(
          'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)',
        );
        expect({ view, overflow }).toEqual({ view, overflow: 0 });
        const { SCREENSHOTS: folder } = process.env;
        const file = `${view.replace(/\W+/g, '-')}-${name}.png`;
        if (folder) await page.screenshot({ path: join(folder, file), fullPage: true });
      }
      await page.context().close();
    }, 60_000);
  });
});
