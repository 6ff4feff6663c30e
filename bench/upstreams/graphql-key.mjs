/**
 * What tells a GraphQL request from another: where it goes, what it asks, for which values. Not how its document is written, since
 * each server of a page writes its own.
 * @param {string} url
 * @param {string} request  JSON text
 */
export function graphqlKey(url, request) {
  try {
    const { operationName, variables } = JSON.parse(request);
    return JSON.stringify([url, operationName, Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1))]);
  } catch {
    return '';
  }
}
