module rotation

go 1.19
