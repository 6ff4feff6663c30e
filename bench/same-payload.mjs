/**
 * Asks every server for every page and makes sure that they say the same before anybody compares their cost.
 * @param {readonly { name: string, url: string }[]} servers  the first is the one that the others must equal
 * @param {readonly string[]} paths
 * @returns {Promise<Map<string, string[]>>} each server's answers by its name, in the order of the paths
 * @throws {Error} naming the server, the path and the first difference
 */
export async function assertSamePayload(servers, paths) {
  const answers = new Map();
  for (const { name, url } of servers) {
    answers.set(name, await Promise.all(paths.map(path => whole(name, url + path))));
  }
  const [first, ...others] = servers;
  for (const { name } of others) {
    paths.forEach((path, index) => {
      const difference = firstDifference(
        JSON.parse(answers.get(first.name)[index]),
        JSON.parse(answers.get(name)[index]),
      );
      if (difference !== undefined) {
        throw new Error(`${path}: ${name} does not answer what ${first.name} does, at ${difference}`);
      }
    });
  }
  return answers;
}

async function whole(name, url) {
  const response = await fetch(url);
  const body = await response.text();
  if (response.status !== 200) throw new Error(`${name}: ${url} answers ${response.status}: ${body.slice(0, 300)}`);
  if (response.headers.get('page-complete') === '?0')
    throw new Error(`${name}: ${url} is degraded: ${body.slice(-300)}`);
  return body;
}

function firstDifference(one, other, path = '$') {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) {
    return Object.is(one, other) ? undefined : `${path}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`;
  }
  if (Array.isArray(one) !== Array.isArray(other)) return `${path}: an array and an object`;
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const difference = firstDifference(one[key], other[key], `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}
