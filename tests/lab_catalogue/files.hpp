// Misconfigurations' files as tests write them.
#pragma once

#include <string>

namespace custdkim::lab::test {

// A file without problems; tests put others in, or take something out.
inline const std::string good_head = R"(id = "some-fault"
title = "A fault"
group = "missing"
did = "Did it."
source = "RFC 1034"
cause = "some-cause"
fix = "Mend {owner1}."
zone = "{selector1}._domainkey CNAME {target1}."
)";

inline const std::string four = R"(cname1 = "NXDOMAIN"
txt1 = "NXDOMAIN"
cname2 = "NOERROR | CNAME {target2}."
txt2 = "NOERROR | CNAME {target2}. | TXT {key2}"
)";

inline const std::string good_file = good_head + "[expect]\n" + four;

}  // namespace custdkim::lab::test
