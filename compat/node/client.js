'use strict';

// The npm client, driven by lines: each line of input is a call as JSON, {"id": 1, "call": "register", "with": [...]}, and
// each line of output is what came of it, {"id": 1, "result": ...} or {"id": 1, "error": "..."}, or an event that a call has
// asked for, {"of": 1, "heard": ...}. It ends when its input does.

const net = require('net');
const readline = require('readline');

const [server, cacheDir, namespace, username, password] = process.argv.slice(2);
const quiet = { debug() {}, info() {}, warn: console.error, error: console.error };
const say = line => process.stdout.write(JSON.stringify(line) + '\n');

// The configuration clients of one machine share one connection, that of the first to have this port: here of different servers.
function portOfOnesOwn() {
  return new Promise(resolve => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function callsOf(naming, configs) {
  return {
    register: (id, service, instance) => naming.registerInstance(service, instance),
    deregister: (id, service, instance) => naming.deregisterInstance(service, instance),
    query: (id, service) => naming.getAllInstances(service, undefined, '', false),
    subscribe: (id, service) => void naming.subscribe(service, hosts => say({ of: id, heard: hosts })),
    publish: (id, dataId, group, content) => configs.publishSingle(dataId, group, content),
    get: (id, dataId, group) => configs.getConfig(dataId, group),
    remove: (id, dataId, group) => configs.remove(dataId, group),
    listen: (id, dataId, group) => void configs.subscribe({ dataId, group }, content => say({ of: id, heard: content })),
  };
}

async function main() {
  process.env.NODE_CLUSTER_CLIENT_PORT = await portOfOnesOwn();
  const { NacosConfigClient, NacosNamingClient } = require('nacos');
  const naming = new NacosNamingClient({ logger: quiet, serverList: server, namespace: namespace || 'public', username, password });
  const configs = new NacosConfigClient({ serverAddr: server, cacheDir, namespace, username, password });
  naming.on('error', error => console.error(error));
  configs.on('error', error => console.error(error));
  await Promise.all([naming.ready(), configs.ready()]);

  const calls = callsOf(naming, configs);
  const input = readline.createInterface({ input: process.stdin });
  input.on('line', async line => {
    const { id, call, with: values } = JSON.parse(line);
    try {
      const result = await calls[call](id, ...values);
      say({ id, result: result === undefined ? null : result });
    } catch (error) {
      say({ id, error: String(error) });
    }
  });
  input.on('close', () => process.exit(0));
  say({ ready: true });
}

main();
