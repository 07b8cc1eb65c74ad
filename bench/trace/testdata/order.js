const p = Promise.resolve();

(async () => {
  await p;
  mark('after:await');
})();

p.then(() => mark('tick:a'))
 .then(() => mark('tick:b'));
