package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Admission;

/** What every connection of a server shares. */
record Net(
        NetSettings settings,
        Account connections,
        Admission admission,
        Account inbound,
        Outbound outbound,
        GrpcService grpc,
        Router router,
        HttpDate date) {}
