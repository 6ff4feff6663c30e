const KEPT_CHARACTERS = 8_000;

let kept = '';

/** Keeps what a program said, to be shown should a test fail. @returns the text as it is */
export function notice(program: string, text: string): string {
  const lines = text.replace(/\n$/, '').replaceAll('\n', `\n${program} | `);
  kept = `${kept}${program} | ${lines}\n`.slice(-KEPT_CHARACTERS);
  return text;
}

// The environment of these suites calls it for each test that fails.
(globalThis as { showOutput?: () => void }).showOutput = () => {
  if (kept !== '') process.stderr.write(`\nWhat the programs under test said last:\n${kept}\n`);
  kept = '';
};
