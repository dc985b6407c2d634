package dev.plimsoll.compat.dubbo;

/** What is called. */
public interface Greeter {

    String greet(String name);
}
