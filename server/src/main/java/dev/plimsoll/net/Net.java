package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;

/** What every connection of a server shares. */
record Net(NetSettings settings, Account inbound, Outbound outbound, GrpcService grpc, Router router, HttpDate date) {}
