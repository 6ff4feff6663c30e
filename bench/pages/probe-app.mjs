/** The bench's own app of the framework. @returns {Promise<string>} its program */
export async function probeApp() {
  throw new Error('the app of the bench is not there yet');
}
