package dev.plimsoll.net;

import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Admission;
import org.jspecify.annotations.Nullable;

/**
 * What every connection of a server shares.
 *
 * @param tls null when there is no certificate
 */
record Net(
        NetSettings settings,
        Account connections,
        Admission admission,
        Account inbound,
        Arrivals arrivals,
        Unfinished unfinished,
        Outbound outbound,
        GrpcService grpc,
        Router router,
        HttpDate date,
        @Nullable Tls tls,
        TlsRecords records,
        Handshakes handshakes,
        Shortage shortage,
        TurnedAway turnedAway) {}
