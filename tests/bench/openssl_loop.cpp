// The ceiling of rotation with RSA: pairs made in a loop with OpenSSL and thrown away, nothing else.
//
//     openssl_loop BITS THREADS SECONDS       prints the pairs made in a second, by all threads together
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <vector>

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fputs("usage: openssl_loop BITS THREADS SECONDS\n", stderr);
        return 2;
    }
    const auto bits = static_cast<unsigned>(std::atoi(argv[1]));
    const std::chrono::duration<double> length(std::atof(argv[3]));
    const auto begin = std::chrono::steady_clock::now();
    const auto elapsed = [&] {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin);
    };
    std::atomic<long> made = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < std::atoi(argv[2]); ++i) {
        threads.emplace_back([&] {
            while (elapsed() < length) {
                EVP_PKEY* const key = EVP_RSA_gen(bits);
                if (!key) std::abort();
                EVP_PKEY_free(key);
                if (elapsed() < length) ++made;  // what ends later is not counted
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    std::printf("%.3f\n", static_cast<double>(made) / length.count());
}
