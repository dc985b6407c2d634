package dev.plimsoll.net;

import dev.plimsoll.refusal.InvalidRequest;
import io.netty.util.NetUtil;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Addresses this server does not connect to for others: whoever registers an instance could else have it call
 * 169.254.169.254, where clouds tell a machine its secrets. Written as ranges such as {@code 10.0.0.0/8}, single
 * addresses, and the word {@code loopback}. Of an IPv6 address that stands for an IPv4 one, both are looked at.
 */
public record RefusedAddresses(List<Range> ranges, boolean loopback) {
    private static final String LOOPBACK = "loopback";

    /** The well-known prefix of translators: 64:ff9b::/96. */
    private static final byte[] TRANSLATED = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

    /** The addresses of so many bytes that begin with these bits. */
    public record Range(int bytes, BigInteger prefix, int bits) {
        static Range of(byte[] address, int bits) {
            return new Range(address.length, prefix(address, bits), bits);
        }

        private boolean contains(byte[] address) {
            return address.length == bytes && prefix(address, bits).equals(prefix);
        }

        private static BigInteger prefix(byte[] address, int bits) {
            return new BigInteger(1, address).shiftRight(address.length * Byte.SIZE - bits);
        }
    }

    public RefusedAddresses {
        ranges = List.copyOf(ranges);
    }

    /** @throws InvalidRequest when a word is neither an address nor a range of them */
    public static RefusedAddresses of(List<String> words) {
        return new RefusedAddresses(
                words.stream()
                        .filter(word -> !word.equals(LOOPBACK))
                        .map(RefusedAddresses::range)
                        .toList(),
                words.contains(LOOPBACK));
    }

    /** For a server that only this machine reaches: whoever asks it could as well connect himself. */
    public RefusedAddresses withoutLoopback() {
        return new RefusedAddresses(ranges, false);
    }

    public boolean contains(InetAddress address) {
        if (address.isMulticastAddress() || address.isAnyLocalAddress() || (loopback && address.isLoopbackAddress())) {
            return true;
        }
        byte[] bytes = address.getAddress();
        if (ranges.stream().anyMatch(range -> range.contains(bytes))) {
            return true;
        }
        byte[] inside = inside(bytes);
        return inside.length > 0 && contains(address(inside));
    }

    /** The IPv4 address that an IPv6 one stands for: compatible with it, translated to it, or a tunnel from it. */
    private static byte[] inside(byte[] bytes) {
        if (bytes.length != 16) {
            return new byte[0];
        }
        byte[] front = Arrays.copyOf(bytes, 12);
        if (Arrays.equals(front, TRANSLATED) || (Arrays.equals(front, new byte[12]) && bytes[12] != 0)) {
            return Arrays.copyOfRange(bytes, 12, 16);
        }
        boolean tunnel = bytes[0] == 0x20 && bytes[1] == 0x02;
        return tunnel ? Arrays.copyOfRange(bytes, 2, 6) : new byte[0];
    }

    private static Range range(String word) {
        int slash = word.indexOf('/');
        String text = slash < 0 ? word : word.substring(0, slash);
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
        if (bytes != null) {
            int most = bytes.length * Byte.SIZE;
            int bits = slash < 0 ? most : bits(word.substring(slash + 1));
            if (bits >= 0 && bits <= most) {
                return Range.of(bytes, bits);
            }
        }
        throw new InvalidRequest("address: '" + word + "' (expected: such as 169.254.0.0/16, fe80::/10, or loopback)");
    }

    private static int bits(String text) {
        return text.matches("[0-9]{1,3}") ? Integer.parseInt(text) : -1;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
