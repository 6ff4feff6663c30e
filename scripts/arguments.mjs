/** A command was asked for what it does not do. */
export class WrongArguments extends Error {
  name = 'WrongArguments';
}

/** @throws {WrongArguments} for the first argument of a command that takes none, or no further ones */
export function refuseArguments([first]) {
  if (first !== undefined) throw new WrongArguments(`'${first}' means nothing here.`);
}

/** @throws {WrongArguments} for the first option of a command that takes none */
export function refuseOptions(args) {
  refuseArguments(args.filter(arg => arg.startsWith('-')));
}

/**
 * What to say of an error that arguments caused: what is wrong, and where help is.
 * @param {unknown} error
 * @param {string} command  as in package.json's scripts
 * @returns {string | undefined} undefined for an error of another kind
 */
export function toldOfArguments(error, command) {
  const isParsed = String(error?.code).startsWith('ERR_PARSE_ARGS_');
  if (!isParsed && !(error instanceof WrongArguments)) return undefined;
  // Node goes on about arguments after `--`, which npm has taken away.
  const [what] = error.message.split('. To specify a positional argument');
  const npm = ['start', 'test'].includes(command) ? `npm ${command}` : `npm run ${command}`;
  return `${what.replace(/\.?$/, '.')} ${npm} -- --help tells what there is.`;
}
