package dev.plimsoll.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Archives as the reference's console makes them and sends them. */
final class Zips {
    private static final String BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW";

    /** What the reference says of two configurations. */
    static final String METADATA = """
            metadata:
            - appName: app1
              dataId: probe.d1
              desc: d
              group: PG
              type: properties
            - appName: ''
              dataId: probe.xml
              group: PG
              type: xml
            """;

    private Zips() {}

    /** @param namesAndContents name, content, name, content ... */
    static byte[] zip(String... namesAndContents) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                zip.putNextEntry(new ZipEntry(namesAndContents[i]));
                zip.write(namesAndContents[i + 1].getBytes(UTF_8));
                zip.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Contents by name, in order. */
    static Map<String, String> unzip(byte[] archive) {
        var entries = new LinkedHashMap<String, String>();
        try (var zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), new String(zip.readAllBytes(), UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entries;
    }

    /** Posts it as a browser does, with more fields beside it: name, value, name, value ... */
    static HttpResponse<String> upload(
            HttpFixture server, String pathAndQuery, String token, byte[] archive, String... fields) {
        var body = new ByteArrayOutputStream();
        for (int i = 0; i < fields.length; i += 2) {
            body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + fields[i] + "\"\r\n\r\n"
                            + fields[i + 1] + "\r\n")
                    .getBytes(UTF_8));
        }
        body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.zip\"\r\n"
                        + "Content-Type: application/x-zip-compressed\r\n\r\n")
                .getBytes(UTF_8));
        body.writeBytes(archive);
        body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(UTF_8));
        return post(server, pathAndQuery, token, "multipart/form-data; boundary=" + BOUNDARY, body.toByteArray());
    }

    static HttpResponse<String> post(
            HttpFixture server, String pathAndQuery, String token, String contentType, byte[] body) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + pathAndQuery))
                .header("Content-Type", contentType)
                .header("accessToken", token)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return send(request, HttpResponse.BodyHandlers.ofString(UTF_8));
    }

    static HttpResponse<byte[]> download(HttpFixture server, String pathAndQuery, String token) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + pathAndQuery))
                .header("accessToken", token)
                .build();
        return send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private static <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return HttpClient.newHttpClient().send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
