package dev.plimsoll.session;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import dev.plimsoll.config.ConfigKey;
import dev.plimsoll.loop.ManualLoop;
import dev.plimsoll.registry.ServiceKey;
import dev.plimsoll.vitals.Account;
import dev.plimsoll.vitals.Latency;
import dev.plimsoll.vitals.MemoryBudget;
import dev.plimsoll.wire.LedgerMessages.Client;
import dev.plimsoll.wire.LedgerMessages.Clients;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;

/** A ledger with its logs, and clients that can be told and can answer. */
abstract class LedgerFixture {
    static final long START_MILLIS = 1_700_000_000_000L;
    static final Topic ORDERS = new Topic.ServiceView(new ServiceKey("public", "DEFAULT_GROUP", "orders"), "");
    static final Topic RULES = new Topic.ConfigNotice(new ConfigKey("public", "DEFAULT_GROUP", "rules"));
    static final String WHO =
            " client=1700000000000_10.0.0.1_50001 ip=10.0.0.1 app=shop version=Nacos-Java-Client:v2.2.3";
    final ManualLoop loop = new ManualLoop();
    final LoggerContext logs = new LoggerContext();
    final ListAppender<ILoggingEvent> naming = appender("naming-push");
    final ListAppender<ILoggingEvent> remote = appender("remote-push");
    Account account = account(0.5);
    Ledger ledger = ledger();
    final List<Delivery> connected = new ArrayList<>();
    private long lastRequestId;
    private int lastPort = 50_000;
    final TestClient client = new TestClient("shop");

    private ListAppender<ILoggingEvent> appender(String name) {
        logs.setMDCAdapter(new LogbackMDCAdapter());
        var appender = new ListAppender<ILoggingEvent>();
        appender.start();
        logs.getLogger(name).addAppender(appender);
        return appender;
    }

    static Account account(double share) {
        return new MemoryBudget(2 << 20, 0).heap("ledger", share);
    }

    Ledger ledger() {
        return new Ledger(loop, account, logs.getLogger("naming-push"), logs.getLogger("remote-push"), new Latency());
    }

    @BeforeEach
    void advance() {
        loop.advance(Duration.ofSeconds(100)); // so that no moment is 0
    }

    /** A client that can be told and can answer, without the domains. */
    final class TestClient implements Outbox.Encoder {
        final FakePeer peer = new FakePeer(loop, START_MILLIS + "_10.0.0.1_" + ++lastPort);
        final Delivery delivery;
        final Outbox outbox;
        boolean budget = true;

        TestClient(String app) {
            delivery =
                    ledger.open(peer, new ClientInfo("Nacos-Java-Client:v2.2.3", "10.0.0.1", Map.of("AppName", app)));
            outbox = new Outbox(peer, this, delivery);
            connected.add(delivery);
        }

        @Override
        public Push encode(Topic topic) throws Outbox.LackOfBudget {
            if (!budget) {
                throw new Outbox.LackOfBudget();
            }
            return new Push(++lastRequestId, 7, Unpooled.wrappedBuffer(new byte[120]));
        }

        void mark(Topic topic) {
            outbox.mark(topic, loop.nanoTime());
            delivery.stands(outbox);
        }

        void answer(@Nullable String failure) {
            outbox.acked(lastRequestId, failure, loop.nanoTime());
            delivery.stands(outbox);
        }

        void tick() {
            outbox.tick(loop.nanoTime());
            delivery.stands(outbox);
        }

        void fail(int times) {
            for (int i = 0; i < times; i++) {
                mark(ORDERS);
                answer("answer 500");
                outbox.forget(ORDERS);
            }
        }

        void end() {
            end("the client closed the connection");
        }

        void end(String why) {
            connected.remove(delivery);
            ledger.ended(delivery, why, CompletableFuture.completedFuture(3));
            outbox.close();
            loop.runAll();
        }

        Client read() {
            return delivery.read(loop.nanoTime());
        }
    }

    static List<String> lines(ListAppender<ILoggingEvent> log) {
        return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    Clients page(Ledger.Sort sort, int number, int size) {
        return ledger.page(connected, sort, number, size);
    }

    List<String> apps(Ledger.Sort sort) {
        return page(sort, 1, 100).pageItems().stream().map(Client::app).toList();
    }
}
