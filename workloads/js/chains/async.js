async function first(v) { return mark(await settle(null, v), 1); }
async function second(v) { return mark(await first(v), 2); }
async function third(v) { return mark(await second(v), 3); }
async function fourth(v) { return mark(await third(v), 4); }
async function fifth(v) { return mark(await fourth(v), 5); }
async function sixth(v) { return mark(await fifth(v), 6); }
async function seventh(v) { return mark(await sixth(v), 7); }
async function eighth(v) { return mark(await seventh(v), 8); }
async function ninth(v) { return mark(await eighth(v), 9); }
async function tenth(v) { return mark(await ninth(v), 10); }

async function a(v) { return mark(await settle(null, v), 1); }
async function b(v) { return mark(await settle(null, v), 2); }
async function c(v) { return mark(await settle(null, v), 3); }
async function d(v) { return mark(await settle(null, v), 4); }
async function e(v) { return mark(await settle(null, v), 5); }
async function f(v) { return mark(await settle(null, v), 6); }
async function g(v) { return mark(await settle(null, v), 7); }
async function h(v) { return mark(await settle(null, v), 8); }
async function k(v) { return mark(await settle(null, v), 9); }
async function l(v) { return mark(await settle(null, v), 10); }

async function wide(i) {
  let v = await a(i);
  v = await b(v);
  v = await c(v);
  v = await d(v);
  v = await e(v);
  v = await f(v);
  v = await g(v);
  v = await h(v);
  v = await k(v);
  v = await l(v);
  return mark(v, 11);
}

function operation(i) { return params.kind === 'deep' ? tenth(i) : wide(i); }
