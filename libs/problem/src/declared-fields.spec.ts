import { declaredFields } from './declared-fields.js';

describe('declaredFields', () => {
  it('passes title, detail and the faulty fields, and nothing else', () => {
    const body = {
      type: 'https://orders.internal/problems/7',
      title: 'Sold out',
      detail: 'Only 2 left',
      instance: '/internal/1',
      stack: 'Error: at /srv',
      errors: [
        { path: 'items.0', message: 'too many', value: 'secret' },
        { pointer: '/items/1', detail: 'unknown' },
      ],
    };
    expect(declaredFields(body)).toEqual({
      title: 'Sold out',
      detail: 'Only 2 left',
      errors: [
        { path: 'items.0', message: 'too many' },
        { path: '/items/1', message: 'unknown' },
      ],
    });
  });

  it.each([undefined, null, 'text', 7, [], {}, { title: 7, detail: {}, errors: 'x' }, { errors: [null, 7, {}] }])(
    'makes nothing of %j',
    body => {
      expect(declaredFields(body)).toEqual({});
    },
  );

  it('bounds what it passes', () => {
    const long = 'x'.repeat(10_000);
    const passed = declaredFields({
      title: long,
      detail: long,
      errors: Array(1000).fill({ path: long, message: long }),
    });
    expect(passed.title).toHaveLength(200);
    expect(passed.detail).toHaveLength(500);
    expect(passed.errors).toHaveLength(50);
    expect(passed.errors![0]!.path).toHaveLength(200);
    expect(passed.errors![0]!.message).toHaveLength(500);
  });
});
