import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const program = join(__dirname, '..', 'lint-layers.mjs');
const packageJson = JSON.stringify({ exports: { './page': {}, './discovery': {}, './discovery/registration': {} } });
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'guichet-lint-'));
});
afterEach(() => rm(root, { recursive: true }));

/** Lints a tree made of these files. */
async function lint(files: Record<string, string>): Promise<{ code: number; output: string }> {
  for (const [file, text] of Object.entries({ 'package.json': packageJson, ...files })) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  return new Promise(resolve => {
    execFile(process.execPath, [program, root], (error, output) =>
      resolve({ code: error ? Number(error.code) : 0, output }),
    );
  });
}

describe('the layer rule', () => {
  it('lets a tree pass whose imports go downward', async () => {
    const { code, output } = await lint({
      'libs/page/src/index.ts': `import { x } from 'guichet/upstream'; import { y } from './y.js'; import z from 'zod';`,
      'libs/page/src/y.spec.ts': `import { ManualClock } from 'guichet/testing'; import x from '@nestjs/testing';`,
      'libs/shop/src/a.spec.ts': `import { films } from '../../../examples/shop/services/films.js'; import '../../../scripts/servers/consul.mjs';`,
      'libs/problem/src/a.spec.ts': `import { Page } from 'guichet/page';`,
      'apps/web/src/main.ts': `import { c } from '#shop'; import { p } from 'guichet/page'; import 'guichet/discovery/registration';`,
      'libs/testing/src/index.ts': `import { Page } from 'guichet/page';`,
      'test/film.e2e-spec.ts': `import { c } from '#shop'; import { harness } from 'guichet/testing';`,
    });
    expect(output).toBe('');
    expect(code).toBe(0);
  });

  it.each([
    ['upward', 'libs/kernel/src/a.ts', `import { x } from 'guichet/page';`, 'row 0) may not import libs/page (row 4)'],
    [
      'sideways',
      'libs/problem/src/a.ts',
      `export { x } from 'guichet/page';`,
      'row 4) may not import libs/page (row 4)',
    ],
    [
      'past an index',
      'apps/web/src/a.ts',
      `import 'guichet/page/compile';`,
      "reaches past the index of libs/page: import 'guichet/page'",
    ],
    ['past the index of the clients', 'apps/web/src/a.ts', `import '#shop/catalog';`, "import '#shop'"],
    ['relatively into another lib', 'libs/page/src/a.ts', `import '../../kernel/src/index.js';`, 'leaves libs/page'],
    ['relatively into another app', 'apps/web/src/a.ts', `import '../../mobile/src/main.js';`, 'leaves apps/web'],
    ['relatively from test into a lib', 'test/a.e2e-spec.ts', `import '../libs/page/src/index.js';`, 'leaves test'],
    [
      'upward from a spec',
      'libs/page/src/a.spec.ts',
      `import { x } from 'guichet/bff';`,
      'row 4) may not import libs/bff',
    ],
    [
      'the example from a lib',
      'libs/shop/src/a.ts',
      `import '../../../examples/shop/services/all.js';`,
      'leaves libs/shop',
    ],
    ['itself by its public name', 'libs/page/src/a.ts', `import 'guichet/page';`, 'libs/page names itself publicly'],
    ['the testing lib outside tests', 'apps/web/src/a.ts', `import 'guichet/testing';`, 'is for specs'],
    ['the clients from a lib', 'libs/bff/src/a.ts', `import '#shop';`, 'only apps and tests'],
    ['what the table does not name', 'apps/web/src/a.ts', `import 'guichet/nonesuch';`, 'is not in the layer table'],
    ['Nest from the kernel', 'libs/kernel/src/a.ts', `import '@nestjs/common';`, 'kept free'],
    ['upward by import()', 'libs/kernel/src/a.ts', `const x = await import('guichet/page');`, 'may not import'],
    ['upward by a type', 'libs/kernel/src/a.ts', `type X = import('guichet/page').Page;`, 'may not import'],
    ['upward by require', 'libs/kernel/src/a.ts', `const x = require('guichet/page');`, 'may not import'],
    ['upward by import x = require', 'libs/kernel/src/a.ts', `import x = require('guichet/page');`, 'may not import'],
  ])('refuses an import %s', async (_name, file, text, words) => {
    const { code, output } = await lint({ [file]: `// first line\n${text}\n` });
    expect(code).toBe(1);
    expect(output).toContain(`${file}:2: `);
    expect(output).toContain(words);
  });

  it('is not misled by comments and strings', async () => {
    const { code } = await lint({
      'libs/kernel/src/a.ts': `// import 'guichet/page';\nexport const text = "import { x } from 'guichet/page'";\n`,
    });
    expect(code).toBe(0);
  });
});

describe('the rule of private sections', () => {
  const page = (body: string, decorator = `@Page('films/:id')`): Record<string, string> => ({
    'apps/web/src/film.page.ts': `import { Page, Command, required, optional, internal, params } from 'guichet/page';\n${decorator}\nexport class FilmPage {\n${body}\n}\n`,
  });

  it.each([
    ['private', 'private readonly price = required([], () => 1);', 'FilmPage.price is private', 'required(…)'],
    ['protected', 'protected price = optional([], () => 1);', 'FilmPage.price is protected', 'optional(…)'],
    ['cast', 'private price = (required([], () => 1) as unknown)!;', 'FilmPage.price is private', 'required(…)'],
  ])('refuses a %s section', async (_name, body, words, call) => {
    const { code, output } = await lint(page(body));
    expect(code).toBe(1);
    expect(output).toContain('apps/web/src/film.page.ts:4: ');
    expect(output).toContain(words);
    expect(output).toContain(call);
    expect(output).toContain('internal(…)');
  });

  it('sees through another name and a base class without a decorator', async () => {
    const { output } = await lint({
      'apps/web/src/a.ts': `import { required as need } from 'guichet/page';\nabstract class Base {\n  private a = need([], () => 1);\n}`,
      'apps/web/src/b.ts': `import * as page from 'guichet/page';\n@page.Command('POST', 'orders')\nclass Order {\n  private b = page.optional([], () => 1);\n}`,
    });
    expect(output).toContain('a.ts:3: Base.a is private');
    expect(output).toContain('b.ts:4: Order.b is private');
  });

  it('lets inputs and internal sections be private, and leaves other functions of the same name alone', async () => {
    const { code, output } = await lint({
      ...page(
        'private readonly params = params(x);\n private margin = internal([], () => 1);\n readonly price = required([], () => 1);',
      ),
      'libs/page/src/other.ts': `class Form { private name = required('name'); }\nfunction required(x: string) { return x; }`,
    });
    expect(output).toBe('');
    expect(code).toBe(0);
  });
});
