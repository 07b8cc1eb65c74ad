const Koa = require('koa');

const app = new Koa();
app.silent = true;
app.on('error', giveUp);

layers.forEach((layer, n) => app.use(async (ctx, next) => {
  if (n === 0) ctx.state.request = begin(ctx.method, ctx.url, await readBody(ctx.req));
  const state = ctx.state.request;
  layer.enter(state);
  await next();
  layer.leave(state);
  if (n > 0) return;
  ctx.status = state.status;
  ctx.set(state.headers);
  ctx.body = state.text;
}));
app.use((ctx) => handle(ctx.state.request));

open(require('http').createServer(app.callback()), versionOf('koa'));
