import { exampleOf, typeErrorsOf } from './examples.test-rig.js';

it('the page of docs/pages.md and its test have no type errors', () => {
  const files = ['film.page.ts', 'film.page.spec.ts'].map(name => `apps/web/src/pages/film/${name}`);
  expect(typeErrorsOf(Object.fromEntries(files.map(file => [file, exampleOf('docs/pages.md', file)])))).toEqual([]);
}, 60_000);
