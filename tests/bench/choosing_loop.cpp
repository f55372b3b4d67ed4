// What it costs to choose the key that signs, among so many.
//
//     choosing_loop KEYS SECONDS     prints nanoseconds of CPU time a choice, and octets of memory a key
//
// A key for each domain, of which every tenth covers what is below it; From domains all over them, a third of
// them one label deeper, a few of nobody's.
#include <malloc.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "sending/signing_index.hpp"

using namespace custdkim;

namespace {

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

std::string domain(unsigned long number) { return "customer" + std::to_string(number) + ".mail.example.com"; }

Key key_of(unsigned long number) {
    Key key;
    key.id = "k" + std::to_string(100'000'000'000'000 + number);
    key.domain = dns::Name::parse(domain(number)).value();
    key.match = number % 10 == 0 ? DomainMatch::domain_and_subdomains : DomainMatch::domain;
    key.org = "org" + std::to_string(number % 1000);
    Pair pair;
    pair.number = 1;
    pair.published_at = pair.signing_since = Timestamp(Duration(1'700'000'000));
    key.slots.push_back({"s1", "aaaaaa", {pair}, {}});
    key.slots.push_back({"s2", "bbbbbb", {}, {}});
    return key;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return std::fputs("usage: choosing_loop KEYS SECONDS\n", stderr), 2;
    const auto keys = std::strtoul(argv[1], nullptr, 10);
    const double seconds = std::strtod(argv[2], nullptr);
    const auto before = mallinfo2().uordblks;
    SigningIndex index;
    for (unsigned long number = 0; number < keys; ++number) index.note(key_of(number));
    const auto octets = static_cast<double>(mallinfo2().uordblks - before);
    SeededRandom random(1);
    std::vector<dns::Name> from;
    for (unsigned n = 0; n < 100'000; ++n) {
        const auto number = random.below(keys + keys / 50 + 1);
        from.push_back(dns::Name::parse((n % 3 == 0 ? "news." : "") + domain(number)).value());
    }
    std::size_t choices = 0, found = 0;
    const double start = cpu_seconds();
    double used = 0;
    for (; used < seconds; used = cpu_seconds() - start) {
        for (const dns::Name& name : from) found += index.choose(name, "", random).size();
        choices += from.size();
    }
    std::printf("%.0f %.0f\n", used * 1e9 / static_cast<double>(choices), octets / static_cast<double>(keys));
    return found > choices / 2 ? 0 : 1;
}
