async function first(v) { return stamp(await settle(null, v), 1); }
async function second(v) { return stamp(await first(v), 2); }
async function third(v) { return stamp(await second(v), 3); }
async function fourth(v) { return stamp(await third(v), 4); }
async function fifth(v) { return stamp(await fourth(v), 5); }
async function sixth(v) { return stamp(await fifth(v), 6); }
async function seventh(v) { return stamp(await sixth(v), 7); }
async function eighth(v) { return stamp(await seventh(v), 8); }
async function ninth(v) { return stamp(await eighth(v), 9); }
async function tenth(v) { return stamp(await ninth(v), 10); }

async function a(v) { return stamp(await settle(null, v), 1); }
async function b(v) { return stamp(await settle(null, v), 2); }
async function c(v) { return stamp(await settle(null, v), 3); }
async function d(v) { return stamp(await settle(null, v), 4); }
async function e(v) { return stamp(await settle(null, v), 5); }
async function f(v) { return stamp(await settle(null, v), 6); }
async function g(v) { return stamp(await settle(null, v), 7); }
async function h(v) { return stamp(await settle(null, v), 8); }
async function k(v) { return stamp(await settle(null, v), 9); }
async function l(v) { return stamp(await settle(null, v), 10); }

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
  return stamp(v, 11);
}

function operation(i) { return params.kind === 'deep' ? tenth(i) : wide(i); }
