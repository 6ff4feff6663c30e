import { matchRoute, type Route } from './route.js';

const routes: Route[] = [
  { method: 'GET', pattern: '/films/:id', handle: () => 'film' },
  { method: 'GET', pattern: '/films', handle: () => 'films' },
  { method: 'POST', pattern: '/films', handle: () => 'new film' },
];
const refusal = (method: string, path: string) => {
  try {
    matchRoute(routes, method, path);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('matchRoute', () => {
  it('finds the route of a method and a path', () => {
    expect(matchRoute(routes, 'GET', '/films').route).toBe(routes[1]);
    expect(matchRoute(routes, 'POST', '/films').route).toBe(routes[2]);
  });

  it('decodes a parameter, which stays one segment', () => {
    expect(matchRoute(routes, 'GET', '/films/..%2Fadmin').params).toEqual({ id: '../admin' });
  });

  it.each(['/', '/films/', '/films/1/2', '//films', '/films/../films'])('knows no route for %s', path => {
    expect(refusal('GET', path)).toMatchObject({ status: 404 });
  });

  it('refuses another method, and what cannot be decoded', () => {
    expect(refusal('DELETE', '/films')).toMatchObject({ status: 405 });
    expect(refusal('GET', '/films/%zz')).toMatchObject({ status: 400 });
  });
});
