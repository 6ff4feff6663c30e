import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { notedPrivateSections, PRIVATE_SECTIONS, privateMembers } from './private-members.js';

const SOURCE = `
export class Film { private readonly other = 1; }
export class FilmPage extends Film {
  private readonly params = params(z.object({}));
  protected override readonly price = required([this.params], () => 1);
  private cast = optional([], () => ({ private: 1 }));
  readonly shown = required([], () => 1); // private
}
class Later { private readonly shown = 1; }
`;

describe('privateMembers', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'guichet-page-'));
    mkdirSync(join(root, 'src'));
    mkdirSync(join(root, 'dist'));
    writeFileSync(join(root, 'dist/film.page.js'), '');
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const found = (file: string): string[] => [...privateMembers(join(root, file), 'FilmPage')];

  it('reads the source itself', () => {
    writeFileSync(join(root, 'src/film.page.ts'), SOURCE);
    expect(found('src/film.page.ts')).toEqual(['params', 'price', 'cast']);
  });

  it('reads the declaration beside the running file', () => {
    writeFileSync(
      join(root, 'dist/film.page.d.ts'),
      'export declare class FilmPage {\n    private readonly price;\n}\n',
    );
    expect(found('dist/film.page.js')).toEqual(['price']);
  });

  it('reads the source that a source map names', () => {
    writeFileSync(join(root, 'src/film.page.ts'), SOURCE);
    writeFileSync(join(root, 'dist/film.page.js.map'), JSON.stringify({ sources: ['../src/film.page.ts'] }));
    expect(found('dist/film.page.js')).toEqual(['params', 'price', 'cast']);
  });

  it('knows nothing where there is neither', () => {
    expect(found('dist/film.page.js')).toEqual([]);
    expect(privateMembers(undefined, 'FilmPage').size).toBe(0);
  });
});

describe('notedPrivateSections', () => {
  it('gathers what the build noted on a page and on its base classes', () => {
    class Base {}
    class FilmPage extends Base {}
    Reflect.defineMetadata(PRIVATE_SECTIONS, ['margin'], Base);
    Reflect.defineMetadata(PRIVATE_SECTIONS, ['price'], FilmPage);
    expect([...notedPrivateSections(new FilmPage())]).toEqual(['price', 'margin']);
  });

  it('knows nothing of a page built without the plugin', () => {
    class HomePage {}
    expect(notedPrivateSections(new HomePage()).size).toBe(0);
  });
});
