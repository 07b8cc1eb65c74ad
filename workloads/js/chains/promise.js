function first(v) { return settle(null, v).then((v) => stamp(v, 1)); }
function second(v) { return first(v).then((v) => stamp(v, 2)); }
function third(v) { return second(v).then((v) => stamp(v, 3)); }
function fourth(v) { return third(v).then((v) => stamp(v, 4)); }
function fifth(v) { return fourth(v).then((v) => stamp(v, 5)); }
function sixth(v) { return fifth(v).then((v) => stamp(v, 6)); }
function seventh(v) { return sixth(v).then((v) => stamp(v, 7)); }
function eighth(v) { return seventh(v).then((v) => stamp(v, 8)); }
function ninth(v) { return eighth(v).then((v) => stamp(v, 9)); }
function tenth(v) { return ninth(v).then((v) => stamp(v, 10)); }

function a(v) { return settle(null, v).then((v) => stamp(v, 1)); }
function b(v) { return settle(null, v).then((v) => stamp(v, 2)); }
function c(v) { return settle(null, v).then((v) => stamp(v, 3)); }
function d(v) { return settle(null, v).then((v) => stamp(v, 4)); }
function e(v) { return settle(null, v).then((v) => stamp(v, 5)); }
function f(v) { return settle(null, v).then((v) => stamp(v, 6)); }
function g(v) { return settle(null, v).then((v) => stamp(v, 7)); }
function h(v) { return settle(null, v).then((v) => stamp(v, 8)); }
function k(v) { return settle(null, v).then((v) => stamp(v, 9)); }
function l(v) { return settle(null, v).then((v) => stamp(v, 10)); }

function wide(i) {
  return a(i).then(b).then(c).then(d).then(e).then(f).then(g).then(h).then(k).then(l).then((v) => stamp(v, 11));
}

function operation(i) { return params.kind === 'deep' ? tenth(i) : wide(i); }
