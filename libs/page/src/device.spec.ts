import { deviceOf } from './device.js';

describe('deviceOf', () => {
  it.each([
    ['desktop', {}],
    ['desktop', { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0' }],
    ['phone', { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148' }],
    ['phone', { 'user-agent': 'Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile' }],
    ['tablet', { 'user-agent': 'Mozilla/5.0 (Linux; Android 15; SM-X910) Chrome/140.0' }],
    ['tablet', { 'user-agent': 'Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Mobile/15E148' }],
    ['phone', { 'user-agent': 'Something', 'sec-ch-ua-mobile': '?1' }],
    ['desktop', { 'user-agent': 'Mobi', 'sec-ch-ua-mobile': '?0' }],
  ])('sees a %s in %j', (kind, headers) => {
    expect(deviceOf(headers)).toEqual({ kind, saveData: false });
  });

  it('sees that the client wants less data', () => {
    expect(deviceOf({ 'save-data': 'on' }).saveData).toBe(true);
  });
});
