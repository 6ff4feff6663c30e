import { customerById } from '../data/customers.js';

/** Whom the login page offers: the first few of both tiers. */
const OFFERED = ['c1', 'c2', 'c3', 'c4', 'c6', 'c17'];

/**
 * @param uid  the login's own id, of letters, digits, `-` and `_`
 * @returns the page on which a visitor says who they are; there are no passwords in an example
 */
export function loginPage(uid: string): string {
  const choices = OFFERED.flatMap(id => customerById(id) ?? []).map(
    ({ id, name, tier }) =>
      `<button name="customer" value="${id}"><b>${name}</b><span class="${tier}">${tier}</span><small>${id}</small></button>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Who is at the counter?</title>
<style>
  :root { color-scheme: light dark; --ground: #f6f1e7; --paper: #fffdf8; --ink: #221d18; --line: #d9cfbd; --gold: #8a6100; }
  @media (prefers-color-scheme: dark) {
    :root { --ground: #171412; --paper: #221e1a; --ink: #f2ebdf; --line: #443c33; --gold: #e5b94f; }
  }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
  main { width: min(26rem, 100%); background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; padding: 1.75rem; }
  h1 { margin: 0 0 .25rem; font-size: 1.4rem; line-height: 1.2; }
  p { margin: 0 0 1.25rem; opacity: .8; }
  form { display: grid; gap: .5rem; }
  button { display: flex; align-items: center; gap: .6rem; padding: .7rem .9rem; font: inherit; color: inherit; text-align: left; background: transparent; border: 1px solid var(--line); border-radius: .6rem; cursor: pointer; }
  button:hover, button:focus-visible { border-color: currentColor; outline: none; }
  small { margin-left: auto; opacity: .65; }
  span { font-size: .8rem; opacity: .7; }
  span.gold { color: var(--gold); opacity: 1; font-weight: 600; }
</style>
<main>
  <h1>Who is at the counter?</h1>
  <p>The example store's login. Nobody here has a password.</p>
  <form method="post" action="/interaction/${uid}/login">
    ${choices.join('\n    ')}
  </form>
</main>
</html>
`;
}
