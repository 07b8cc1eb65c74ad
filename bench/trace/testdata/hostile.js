// Thirty marks, some of them hostile, and a long wait.
const names = ['<script>alert("x")</script>', '&amp; " \' ]]>', '\u001b[31mred\u001b[0m', '日本語の長い名前がここにあります', '🎉'.repeat(9), 'a\nb', '', '\u202egnp.exe',
  'a very long name of a mark that does not fit into any card'];
let p = Promise.resolve();
for (let i = 0; i < 29; i++) p = p.then(() => mark(names[i % 14] === undefined ? 'mark ' + i : names[i % 14]));
async function wait(n) { for (let i = 0; i < n; i++) await i; }
wait(33).then(() => mark('after 33 awaits'));
const stuck = async () => { await new Promise(() => {}); };
stuck();
(async () => { let q = Promise.resolve(); for (let i = 0; i < 80; i++) q = q.then(() => {}); await q; mark('late'); })();
mark('script ends');
