// trek's middlewares await the next one and go on behind it, as koa's do.
const Engine = require('trek-engine');

const app = new Engine();
app.on('error', giveUp);

layers.forEach((layer, n) => app.use(async (ctx, next) => {
  if (n === 0) ctx.state.request = begin(ctx.rawReq.method, ctx.rawReq.url, await readBody(ctx.rawReq));
  const state = ctx.state.request;
  layer.enter(state);
  await next();
  layer.leave(state);
  if (n > 0) return;
  ctx.res.status = state.status;
  ctx.res.set(state.headers);
  ctx.res.body = state.text;
}));
app.use((ctx) => handle(ctx.state.request));

open(require('http').createServer((request, response) => { app.handle(request, response); }), versionOf('trek-engine'));
