import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { request } from '../support/http.js';
import { scratchFolder, startService } from '../support/services.js';
import { until } from '../support/until.js';
import { describeInBrowser, startChromium } from './chromium.js';
import { openStore, type Store } from './store.js';

const VIEWS = [
  'pages/FilmPage',
  'pages/HomePage',
  'executions',
  'routes',
  `routes/${encodeURIComponent('GET /api/films/:id')}`,
  'upstreams',
  'retirement',
  'limits',
  'configuration',
  'try/FilmPage',
];
const FILM = '/pages/films/1501';
const ROUTED = '/api/films/1501';
const TOKEN = 'a-token-for-developers-only';

const accessibility = readFileSync(join(__dirname, 'in-page', 'accessibility.js'), 'utf8');

// A browser beside the BFF and the services can make a service miss its 300 ms on a small machine: that is no fault of the inspector.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

describeInBrowser('the inspector in a browser (Chromium)', () => {
  let store: Store;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    store = await openStore();
    browser = await startChromium();
  }, 300_000);
  afterAll(async () => await browser?.close());

  async function enter(options: BrowserContextOptions = {}): Promise<void> {
    await context?.close();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    context.setDefaultTimeout(10_000);
    page = await context.newPage();
    complaints = [];
    page.on('pageerror', error => complaints.push(error.message));
    page.on('console', message => {
      const isAnswer = message.text().startsWith('Failed to load resource');
      if (message.type() === 'error' && !isAnswer) complaints.push(message.text());
    });
  }
  beforeEach(() => enter());
  afterEach(async () => {
    await store.heal();
    await context.close();
    // No script may fail, and nothing be refused by the content security policy.
    if (complaints.length > 0) throw new Error(`The console complained: ${complaints.join('\n')}`);
  });

  const open = (view: string) => page.goto(store.inspector + view);
  const ask = (path = FILM) => request(store.origin + path);
  const section = (name: string) => page.getByRole('region', { name, exact: true });
  const items = () => page.getByRole('list', { name: 'Executions' }).getByRole('link');
  const live = () => page.getByRole('button', { name: 'Live' }).waitFor();
  const kept = async () =>
    (await request(`${store.inspector}api/executions`)).json() as { id: number; page: string; requestId: string }[];
  const focused = () => page.evaluate<string>('document.activeElement.textContent');

  /** Asks until something is shown; the page shows it by itself. */
  async function askUntil(what: string, locator: ReturnType<Page['locator']>, path = FILM): Promise<void> {
    await until(what, async () => (await ask(path), await locator.isVisible()), { limitMs: 27_000 });
  }

  describe('shows', () => {
    it('a page’s graph: its levels from left to right, and in words', async () => {
      await ask();
      await open('pages/FilmPage');
      await page.getByRole('img', { name: 'The graph of FilmPage: 5 sections, 3 needs.' }).waitFor();
      const at = async (name: string) =>
        (await page.locator('.graph g.section', { has: page.locator(`text="${name}"`) }).boundingBox())!;
      const [film, price] = [await at('film'), await at('price')];
      expect(price.x).toBeGreaterThan(film.x + film.width);
      expect(await page.locator('.graph .line.critical').count()).toBe(1);
      const row = page.getByRole('row', { name: /^price/ });
      expect(await row.innerText()).toMatch(
        /required\s+1\s+film\s+the budget\s+page fails\s+pricing UNARY shop\.pricing\.v1\.Pricing\/GetQuote/,
      );
    });

    it('an execution as it happens, and where its time went', async () => {
      await open('executions');
      await live();
      const answer = await request(store.origin + FILM, { headers: { 'X-Request-Id': 'seen-in-a-browser' } });
      expect(answer.status).toBe(200);
      const { id } = (await kept()).find(({ requestId }) => requestId === 'seen-in-a-browser')!;
      await page.locator(`.list a[href$="/${id}"]`).click();
      await page.getByText('seen-in-a-browser').waitFor();
      const panel = section('FilmPage');
      expect(await panel.innerText()).toMatch(/complete[^]*Bounded by \w+: [\d.]+ ms of [\d.]+ ms/);
      const rows = panel.locator('.waterfall li');
      expect(await rows.first().innerText()).toContain('Guards and limits');
      // Five sections, each with a call and its attempt.
      expect(await rows.count()).toBe(16);
      expect(await panel.getByText('critical', { exact: true }).count()).toBeGreaterThan(0);
      expect(await panel.getByText(/status 200, \d/).count()).toBe(5);
      // What waits is drawn before what runs.
      const price = panel.locator('li.section', { hasText: 'price' });
      const [wait, bar] = [await price.locator('.wait').boundingBox(), await price.locator('.bar').boundingBox()];
      expect(Math.abs(wait!.x + wait!.width - bar!.x)).toBeLessThan(3);
    });

    it('the routes, and exchanges as they happen', async () => {
      await open('routes');
      await live();
      const row = section('Declared').getByRole('row', { name: /^GET \/api\/films\/:id/ });
      expect(await row.innerText()).toMatch(/catalog\s+public/);
      await request(store.origin + ROUTED, { headers: { 'X-Request-Id': 'routed-in-a-browser' } });
      const exchange = section('Exchanges').getByRole('row', { name: /routed-in-a-browser/ });
      expect(await exchange.innerText()).toMatch(
        /GET \/api\/films\/:id\s+answered 200\s+[\d.]+ ms\s+[\d.]+ ms\s+\d+ B\s+127\.0\.0\.1:\d+\s+routed/,
      );
      await exchange.getByRole('link').click();
      const told = section('GET /api/films/:id');
      await told.getByText('routed-in-a-browser').waitFor();
      expect(await told.innerText()).toMatch(/answered 200[^]*127\.0\.0\.1:\d+ answered with 200\./);
      const rows = told.locator('.waterfall li');
      expect(await rows.first().innerText()).toContain('Guards and limits');
      expect(await rows.nth(1).innerText()).toMatch(/^catalog GET \/films\/:id/);
      expect(await rows.nth(2).innerText()).toMatch(
        /127\.0\.0\.1:\d+[^]*succeeded · status 200, [\d.]+ K?B, its head after [\d.]+ ms/,
      );
      expect(await rows.count()).toBe(3);
      await told.getByRole('link', { name: 'All exchanges' }).click();
      await row.getByRole('link', { name: 'GET /api/films/:id' }).click();
      const route = section('GET /api/films/:id');
      expect(await route.innerText()).toMatch(/catalog \/films\/:id[^]*\[1-9\][^]*no body[^]*512 KB/);
      await section('Exchanges').getByLabel('Route').selectOption('GET /api/search');
      await section('GET /api/search').waitFor();
      await page.getByRole('link', { name: 'All routes' }).click();
      await section('Declared').waitFor();
    });

    it('the limits, and the configuration without its secrets', async () => {
      await open('limits');
      expect(await section('Throttling').innerText()).toMatch(/address\s+address\s+1,000,000,000\s+1 s/);
      await section('The door')
        .getByRole('row', { name: /^FilmPage/ })
        .waitFor();
      await page.getByRole('link', { name: 'Configuration' }).click();
      expect(
        await section('session')
          .getByRole('row', { name: /clientSecret/ })
          .innerText(),
      ).toContain('hidden');
      await page.getByRole('searchbox').fill('breakerMinCalls');
      await page.getByText('7 options').waitFor();
    });

    it('what comes of a page that is tried, with its waterfall', async () => {
      await open('try/FilmPage');
      await page.getByLabel(/^id/).fill('1501');
      await page.getByRole('button', { name: 'Ask for it' }).click();
      await page.getByLabel('Body of the answer').getByText('"The Covenant"').waitFor();
      await page.getByText(/^200 in/).waitFor();
      await page.locator('.waterfall li').first().waitFor();
      await page.getByLabel(/^id/).fill('none');
      await page.getByRole('button', { name: 'Ask for it' }).click();
      await page.getByText(/^400 in/).waitFor();
    });

    it('as text what it is told, whatever it is', async () => {
      const hostile = '<img src=x onerror=alert(1)>';
      await page.route('**/api/upstreams', async route => {
        const [first, ...others] = (await (await route.fetch()).json()) as { instances: object[] }[];
        const instances = first!.instances.map(instance => ({ ...instance, address: hostile }));
        await route.fulfill({ json: [{ ...first, instances }, ...others] });
      });
      await page.route('**/api/live', route => route.abort());
      await open('upstreams');
      await page.getByText(hostile, { exact: true }).first().waitFor();
      expect(await page.locator('main img').count()).toBe(0);
    });
  });

  describe('while an upstream fails, shows', () => {
    it('the degraded page, its section, and the breaker that opens, live', async () => {
      await open('upstreams');
      await live();
      await section('ratings').getByText('breaker closed').waitFor();
      await store.strike('ratings', { status: 503 });
      await askUntil('the breaker is open', section('ratings').getByText(/breaker open/));
      expect(await section('ratings').innerText()).toMatch(/upstream-status/);
      await section('catalog').getByText('breaker closed').waitFor();

      await page.getByRole('link', { name: 'Executions' }).click();
      await page.getByLabel('Outcome').selectOption('degraded');
      await items().first().click();
      const panel = section('FilmPage');
      const row = panel.locator('li.section', { hasText: 'ratings' });
      expect(await row.innerText()).toMatch(/omitted: circuit-open/);
      await panel.getByText('degraded', { exact: true }).waitFor();

      await store.heal();
      await page.getByRole('link', { name: 'Upstreams' }).click();
      await askUntil('the breaker is closed', section('ratings').getByText('breaker closed'));
    }, 60_000);

    it('the page that failed, and by which section', async () => {
      await store.strike('catalog', { reset: true });
      await ask();
      await open('executions?kept=incomplete');
      await items().filter({ hasText: 'failed' }).first().click();
      await page.getByText(/Failed by film after [\d.]+ ms: upstream-reset\./).waitFor();
      expect(await page.locator('li.attempt.bad').count()).toBeGreaterThan(0);
    });

    it('the exchange that failed, by what, and what it asked', async () => {
      await open('routes?kept=failed');
      await live();
      await store.strike('catalog', { reset: true });
      const headers = { 'X-Request-Id': 'reset-in-a-browser' };
      expect((await request(store.origin + ROUTED, { headers })).status).toBe(502);
      const row = section('Exchanges').getByRole('row', { name: /reset-in-a-browser/ });
      expect(await row.innerText()).toMatch(/failed upstream-reset\s+–\s[^]*127\.0\.0\.1:\d+, upstream-reset/);
      await row.getByRole('link').click();
      const told = section('GET /api/films/:id');
      await told.getByText(/^Failed: upstream-reset, asking 127\.0\.0\.1:\d+\.$/).waitFor();
      expect(await told.locator('li.attempt.bad').innerText()).toMatch(/127\.0\.0\.1:\d+[^]*upstream-reset/);
      await told.getByRole('link', { name: 'All exchanges' }).click();
      const figures = section('Declared').getByRole('row', { name: /^GET \/api\/films\/:id/ });
      await until('it is counted', async () => /public\s+0\s+\d+\s+[1-9]/.test(await figures.innerText()));
    });

    it('the instance that died and is left out', async () => {
      const second = await startService('ratings');
      const before = readFileSync(store.upstreamsFile, 'utf8');
      const upstreams = JSON.parse(before) as Record<string, string[]>;
      const address = `127.0.0.1:${second.port}`;
      writeFileSync(
        store.upstreamsFile,
        JSON.stringify({ ...upstreams, ratings: [...upstreams['ratings']!, address] }),
      );
      try {
        await open('upstreams');
        const row = section('ratings').getByRole('row', { name: new RegExp(`^${address}`) });
        await row.getByText('serving').waitFor();
        await second.program.end('SIGKILL');
        await askUntil('the instance is ejected', row.getByText(/ejected, failures in a row/));
        // The page did not suffer: the other instance answered.
        expect((await ask()).headers['page-complete']).toBe('?1');
      } finally {
        writeFileSync(store.upstreamsFile, before);
      }
      await section('ratings').getByText('1 instance fresh').waitFor();
    }, 60_000);
  });

  describe('keeps still', () => {
    it('while paused, and catches up afterwards', async () => {
      await ask();
      await open('executions');
      await live();
      await page.getByRole('button', { name: 'Live' }).click();
      await page.getByRole('button', { name: 'Paused' }).waitFor();
      const before = await items().first().getAttribute('href');
      await ask('/pages/home');
      await until('it is kept', async () => (await kept())[0]!.page === 'HomePage');
      expect(await items().first().getAttribute('href')).toBe(before);
      await page.getByRole('button', { name: 'Paused' }).click();
      await page.locator(`.list li:first-child a[href$="/${(await kept())[0]!.id}"]`).waitFor();
    });

    it('under the pointer: what is new waits, and is counted', async () => {
      await ask();
      await open('executions');
      await live();
      await items().first().hover();
      const first = await items().first().innerText();
      await ask('/pages/home');
      await page.getByText('1 new one, shown when you leave the list').waitFor();
      expect(await items().first().innerText()).toBe(first);
      await page.mouse.move(640, 5);
      await items().filter({ hasText: 'HomePage' }).first().waitFor();
    });

    it('while charts and data come in', async () => {
      await ask();
      await page.addInitScript(`
        window.shifts = [];
        new PerformanceObserver(list => {
          for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
        }).observe({ type: 'layout-shift', buffered: true });`);
      await open('upstreams');
      await live();
      await section('catalog').locator('canvas').first().waitFor();
      await page.evaluate('window.shifts = []');
      await ask('/pages/home');
      // A sample of the charts comes every five seconds, the upstreams every second.
      await page.evaluate(`new Promise(done => {
        const source = new EventSource('/inspector/api/live');
        source.addEventListener('sample', () => {
          source.close();
          requestAnimationFrame(() => requestAnimationFrame(done));
        });
      })`);
      expect(await page.evaluate<number>('window.shifts.reduce((sum, one) => sum + one, 0)')).toBeLessThan(0.02);
    });
  });

  describe('goes by keyboard', () => {
    it('from the top past the menu, and through it', async () => {
      await open('pages');
      await page.getByRole('heading', { level: 1, name: 'Pages' }).waitFor();
      await section('HomePage').waitFor();
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to the content');
      await page.keyboard.press('Enter');
      expect(await page.evaluate<string>('document.activeElement.id')).toBe('main');
      await page.keyboard.press('Tab');
      expect(await focused()).toContain('HomePage');
      await page.keyboard.press('ArrowDown');
      expect(await focused()).toContain('FilmPage');
      await page.keyboard.press('Enter');
      await section('FilmPage').waitFor();
      await page.keyboard.press('End');
      expect(await focused()).toContain('OrderCommand');
    });

    it('from the list to an execution, showing where the focus is', async () => {
      await ask();
      await ask('/pages/home');
      await open('executions');
      await items().nth(1).waitFor();
      await page.getByLabel('Outcome').focus();
      await page.keyboard.press('Tab');
      const [first, second] = [await items().first().innerText(), await items().nth(1).innerText()];
      const words = (text: string) => text.replace(/\s/g, '');
      expect(words(await focused())).toBe(words(first));
      await page.keyboard.press('ArrowDown');
      expect(words(await focused())).toBe(words(second));
      expect(await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
      await page.keyboard.press('Enter');
      await page.locator('.waterfall').waitFor();
    });

    it('to other colours, which stay', async () => {
      await open('pages');
      await page.getByRole('radio', { name: 'Auto' }).focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      expect(await ground()).toBe('rgb(14, 17, 20)');
      await page.reload();
      await page.getByRole('radio', { name: 'Dark' }).waitFor();
      expect(await ground()).toBe('rgb(14, 17, 20)');
      expect(await page.getByRole('radio', { name: 'Dark' }).isChecked()).toBe(true);
    });
  });

  describe.each<[string, BrowserContextOptions]>([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 360, height: 740 } }],
    ['on a phone, dark', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' }],
  ])('in %s', (_, options) => {
    it('has nothing to stumble over, and nothing that is too wide', async () => {
      await enter(options);
      await store.strike('ratings', { status: 503 });
      await ask();
      await ask('/pages/home');
      await ask(ROUTED);
      await open('executions?kept=incomplete');
      await items().first().waitFor();
      const execution = new URL((await items().first().getAttribute('href'))!, store.inspector).href;
      const [exchange] = (await request(`${store.inspector}api/exchanges`)).json() as { id: number }[];
      for (const view of [...VIEWS, execution.slice(store.inspector.length), `routes?exchange=${exchange!.id}`]) {
        await open(view);
        await page.locator('.panel:visible, .list:visible').first().waitFor();
        await page.waitForFunction('document.querySelector("main .blank:not(.trouble)") === null');
        const found = await page.evaluate<string[]>(accessibility);
        expect({ view, found }).toEqual({ view, found: [] });
        const overflow = await page.evaluate<number>(
          'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)',
        );
        expect({ view, overflow }).toEqual({ view, overflow: 0 });
      }
    }, 90_000);
  });
});

describeInBrowser('the inspector with a token, in a browser (Chromium)', () => {
  it('asks for it, remembers it out of reach of scripts, and forgets it', async () => {
    const { inspector } = await openStore({ INSPECTOR_TOKEN: TOKEN });
    const browser = await startChromium();
    try {
      const page = await browser.newPage();
      page.setDefaultTimeout(10_000);
      await page.goto(`${inspector}upstreams`);
      await page.getByRole('heading', { name: 'Who looks in?' }).waitFor();
      expect(await page.evaluate<string[]>(accessibility)).toEqual([]);
      await page.getByLabel('Token').fill('not the token');
      await page.keyboard.press('Enter');
      await page.getByText('This is not the token').waitFor();
      await page.getByLabel('Token').fill(TOKEN);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'Upstreams' }).waitFor();
      await page.getByRole('button', { name: 'Live' }).waitFor();
      expect(
        await page.evaluate<string>('document.cookie + JSON.stringify({ ...localStorage, ...sessionStorage })'),
      ).toBe('{}');
      const [cookie] = await page.context().cookies(inspector);
      expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/inspector' });
      await page.reload();
      await page.getByRole('heading', { level: 1, name: 'Upstreams' }).waitFor();
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('heading', { name: 'Who looks in?' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Who looks in?' }).waitFor();
    } finally {
      await browser.close();
    }
  }, 120_000);
});

describeInBrowser('the inspector of an app with a live configuration, in a browser (Chromium)', () => {
  it('shows which document is in force, what is wrong with the newest, and what it switched off', async () => {
    const path = join(scratchFolder(), 'live.json');
    writeFileSync(path, JSON.stringify({ pages: { FilmPage: { sections: { similar: { isOn: false } } } } }));
    const { inspector } = await openStore({ LIVE_CONFIGURATION: 'file', LIVE_CONFIGURATION_FILE: path });
    const browser = await startChromium();
    try {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
      page.setDefaultTimeout(10_000);
      await page.goto(`${inspector}configuration`);
      const panel = page.getByRole('region', { name: 'Live configuration' });
      await panel.getByText('in force', { exact: true }).waitFor();
      await page.getByText('sections.similar.isOn').waitFor();
      writeFileSync(path, '{"pages":{"FilmPage":{"sections":{"film":{"isOn":false}}}},"limits":{"nobody":{}}}');
      await panel.getByText('invalid document').waitFor();
      await panel.getByText('limits.nobody').waitFor();
      await panel.getByText('pages.FilmPage.sections.film.isOn').waitFor();
      for (const width of [1280, 360]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate<string[]>(accessibility)).toEqual([]);
        expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        const { SCREENSHOTS: folder } = process.env;
        if (folder) await page.screenshot({ path: join(folder, `live-configuration-${width}.png`), fullPage: true });
      }
      await page.goto(`${inspector}pages/FilmPage`);
      await page.getByText('optional, switched off').waitFor();
    } finally {
      await browser.close();
    }
  }, 60_000);
});
