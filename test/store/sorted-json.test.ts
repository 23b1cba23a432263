import { sortedJson } from '../../src/store/sorted-json';

test('names come in order at every depth, lists stay as they are', () => {
  const value = { b: [{ d: 1, c: null }, 'x'], a: { '10': true, '9': '"' } };
  expect(sortedJson(value)).toBe('{"a":{"9":"\\"","10":true},"b":[{"c":null,"d":1},"x"]}');
});

test.each(['1', '"a"', 'null', '[]', '{}'])('%s is written as it is', (text) => {
  expect(sortedJson(JSON.parse(text))).toBe(text);
});

test('no name is lost, not even one that objects have themselves', () => {
  const text = '{"__proto__":{"b":1},"constructor":"c","toJSON":"t"}';
  expect(sortedJson(JSON.parse(text))).toBe(text);
});

test('what is not there is not written', () => {
  expect(sortedJson({ b: undefined, a: 1 })).toBe('{"a":1}');
});
